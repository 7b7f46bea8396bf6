-- documented.sql - who signed the guest book before.
insert into entry (name, words, at) values ('Grace', 'Back soon.', 1767225600000);
