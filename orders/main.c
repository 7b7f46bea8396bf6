/* main.c - to be written. */
typedef int main_placeholder;
