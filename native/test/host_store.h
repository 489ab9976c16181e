/*
** A host for real SQLite: files in memory, with SQLite's locks.
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
  char zParams[512];          /* Parameters of the last file opened: k=v;k=v; */
} store;

/* The upcalls, in the order of the slots. */
extern const s3vfs_upcall storeUpcalls[S3VFS_UP_COUNT];

/* Number of files, and the size of one (-1: there is none). */
int storeFiles(void);
sqlite3_int64 storeSize(const char *zName);

/* Close all handles, as the death of the host does. */
void storeCloseAll(void);

/* Forget all files. */
void storeClear(void);

#endif
