/*
** A host for real SQLite: files in memory, with SQLite's locks.
**
** If there is a cache, databases have volumes.  The URI parameter "stale" says for
** how many nanoseconds a connection may go without asking.
*/
#ifndef HOST_STORE_H
#define HOST_STORE_H

#include "../s3vfs.h"

extern struct Store {
  int nSync;                  /* FCNTL_SYNC so far */
  int nCommitted;             /* FCNTL_COMMIT_PHASETWO so far */
  int nOpen;                  /* Handles open */
  int nShortRead;             /* Reads answered short */
  int rcSync;                 /* What the next FCNTL_SYNC answers */
  int bThrow;                 /* All upcalls answer 0, as after an exception */
  int nSuper;                 /* Super-journals that were asked for, and refused */
  int nUpcall;                /* Upcalls so far */
  int nRead;                  /* READ so far */
  int nEntered;               /* Readers that were announced when they began to write */
  int nView;                  /* Views that were announced */
  char zParams[512];          /* Parameters of the last file opened: k=v;k=v; */
} store;

/* The cache, or 0, and the functions of the library that are needed then. */
extern struct StoreCache {
  sqlite3_int64 cache;
  sqlite3_int64 (*now)(void);
  sqlite3_int64 (*volumeNew)(sqlite3_int64, int);
  void (*volumeHold)(sqlite3_int64);
  void (*volumeRelease)(sqlite3_int64);
  void (*volumeView)(sqlite3_int64, int, int, const int*);
  void (*volumeFresh)(sqlite3_int64, int, sqlite3_int64, sqlite3_int64, int);
  int (*volumeStale)(sqlite3_int64);
  int (*pageRead)(sqlite3_int64, int, sqlite3_int64, sqlite3_int64, sqlite3_int64, sqlite3_int64,
                  int, int, int, int, int, sqlite3_int64, void*, int, int);
  void (*pagePut)(sqlite3_int64, int, sqlite3_int64, sqlite3_int64, sqlite3_int64, sqlite3_int64,
                  int, int, const int*, sqlite3_int64, const void*, int, int);
} storeCache;

/* The upcalls about files, in the order of the slots. */
extern const s3vfs_upcall storeUpcalls[S3VFS_UP_TABLE];

/* Number of files, and the size of one (-1: there is none). */
int storeFiles(void);
sqlite3_int64 storeSize(const char *zName);

/* Close all handles, as the death of the host does. */
void storeCloseAll(void);

/* Forget all files. */
void storeClear(void);

#endif
