/* track.h - how long track_order may follow an order. */
#ifndef TRACK_H
#define TRACK_H

#define TRACK_SECONDS_MAX 300
#define TRACK_DEADLINE_MS (TRACK_SECONDS_MAX * 1000 + 10000)

#endif
