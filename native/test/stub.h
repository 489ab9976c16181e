/*
** What the library under test sees instead of SQLite and of the host: an
** sqlite3_api_routines table whose allocator counts and fails on demand, a
** base VFS that remembers its last call, and upcalls that do the same.
*/
#ifndef STUB_H
#define STUB_H

#define SQLITE_CORE 1   /* no macros: this side defines the functions */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "../s3vfs.h"
#include "../sqlite/sqlite3ext.h"

/*
** SQLite.
*/
extern struct StubSqlite {
  int nLive;                  /* Allocations that were not freed.  Atomic */
  int nAlloc;                 /* Allocations so far.  Atomic */
  int iFail;                  /* This one fails from now on: 1 is the next.  0: none */
  int rcRegister;             /* What sqlite3_vfs_register answers */
  int bMadeDefault;           /* sqlite3_vfs_register was asked for a default */
  int nYield;                 /* One in so many mutexes is entered late.  0: none */
  int nStrayName;             /* Times a name without parameters was searched for some */
  sqlite3_vfs *pList;         /* Registered VFSes, the default one first */
} sq;

/* The names of a database and its files as xOpen gets them, and its parameters. */
extern char stubDbName[], stubJournalName[], stubWalName[];
extern const char *stubParams[16];   /* key, value, ..., NULL */

extern sqlite3_api_routines stubApi;

/*
** The base VFS.
*/
extern struct StubBase {
  sqlite3_vfs vfs;
  const char *zCall;          /* Name of the last method called */
  const char *zArg;           /* Its string argument */
  int iArg;                   /* Its integer argument */
  int nCall;                  /* Calls so far, but for xSleep */
  int rcOpen;                 /* What xOpen answers */
  int bMethodsOnError;        /* xOpen sets pMethods although it fails */
  int nOpen;                  /* Files open */
  int bThreads;               /* Do not remember calls: there are several threads */
  int rcTime;                 /* What xCurrentTimeInt64 answers */
  sqlite3_int64 iTime;        /* The time that it tells.  Atomic */
} base;

/* What xCurrentTimeInt64 says at the beginning of 1970. */
#define STUB_1970 ((sqlite3_int64)210866760000000)

/*
** A clock for s3vfs_clock(), which the tests set.
*/
extern struct StubClock {
  sqlite3_int64 iNow;         /* Nanoseconds.  Atomic */
  int rc;                     /* What it answers */
  int iArg;                   /* The argument that it was called with */
} stubClock;
int stubGettime(int iArg, long *aTime);

/*
** The host.
*/
typedef struct HostCall {
  int id, n;
  sqlite3_int64 a, b, c;
} HostCall;
extern struct StubHost {
  sqlite3_int64 aReply[S3VFS_UP_COUNT];   /* What each upcall answers */
  void (*aHook[S3VFS_UP_COUNT])(const HostCall*);  /* Runs first, if not NULL */
  HostCall aLast[S3VFS_UP_COUNT];         /* Arguments of the last call */
  int aCall[S3VFS_UP_COUNT];              /* Number of calls */
} host;

#define REPLY(RC, VALUE) ((sqlite3_int64)(((sqlite3_uint64)(uint32_t)(VALUE)<<32) \
                          | ((sqlite3_uint64)S3VFS_REPLY_TAG<<16) | (sqlite3_uint64)(RC)))
#define REPLY_OK REPLY(SQLITE_OK, 0)

#define STR(I) ((const char*)(uintptr_t)(I))

/* Number of upcalls made so far. */
int hostCalls(void);

/* Bind upcalls that all answer REPLY_OK, and OPEN with handle 7. */
void hostBind(void);

/* Bind the stub with the upcall of one slot replaced. */
int hostBindWith(int iSlot, s3vfs_upcall xUpcall);

/* Everything as a test finds it: bound, VFS "s3" registered with id 3. */
void stubReset(void);

/* The VFS "s3", and room for one of its files. */
sqlite3_vfs *stubVfs(void);
sqlite3_file *stubNewFile(void);

/* A main database file opened through the VFS "s3", or NULL. */
sqlite3_file *stubOpen(void);
void stubClose(sqlite3_file*);

#endif
