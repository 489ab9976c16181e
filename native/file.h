/*
** VFSes and files: what s3vfs.c and file.c have of one another.
*/
#ifndef S3VFS_FILE_H
#define S3VFS_FILE_H

#include "page_cache.h"
#include "upcall.h"

typedef struct S3Vfs S3Vfs;
typedef struct S3File S3File;

/* Buckets of the table of open files.  A power of two. */
#define S3VFS_OPEN 64

/* A VFS.  Once allocated it is never freed: a connection keeps a pointer to
** its VFS without telling anyone. */
struct S3Vfs {
  sqlite3_vfs base;           /* Subclass.  MUST BE FIRST! */
  sqlite3_vfs *pBase;         /* Temporary files, dynamic loading, time, ... */
  int id;                     /* What the host calls this VFS.  Atomic */
  unsigned iBinding;          /* The binding that id belongs to.  Atomic */
  int bRegistered;            /* True between register and unregister */
  S3Vfs *pNext;               /* Next in s3VfsList */
  sqlite3_mutex *pMutex;      /* Guards apOpen */
  S3File *apOpen[S3VFS_OPEN]; /* Open database files that have a volume, by path */
};

/* An open file of the host.  (A temporary file is one of pBase instead and
** has none of these fields.) */
struct S3File {
  sqlite3_file base;          /* Subclass.  MUST BE FIRST! */
  S3Vfs *pVfs;                /* The VFS that opened this file */
  unsigned iBinding;          /* The binding that handle belongs to */
  int handle;                 /* What the host calls this file */
  int eLock;                  /* The lock level that was granted */
  unsigned char bUnsure;      /* The host may hold another level than eLock */
  unsigned char bMain;        /* This is a main database file */
  unsigned char bEntered;     /* SHARED is held without the host's knowledge */

  /* For a file that has a volume. */
  S3Volume *pVolume;          /* Or NULL */
  sqlite3_int64 nStale;       /* How old what is known may be, in nanoseconds */
  const char *zPath;          /* SQLite's; it stays until the file is closed */
  S3File *pNextOpen;          /* Next in its bucket of apOpen */
  unsigned iView;             /* The view that is read; 0 if that is not known */
  unsigned iChecked;          /* The view that the pager has compared its cache with */
  int nShift;                 /* Binary logarithm of the page size in that view */
  sqlite3_int64 nByte;        /* Length of the file in that view */
};

extern const sqlite3_io_methods s3IoMethods;

/*
** Note that a file was opened that has a volume.
*/
void s3FileOpened(S3File*);

/*
** Return true if a path is that of a journal, and it is known that there is none.
*/
int s3HasNoJournal(S3Vfs*, const char *zPath);

/*
** Return true if the two strings are equal.
*/
static inline int s3StrEqual(const char *zA, const char *zB){
  while( *zA!=0 && *zA==*zB ){ zA++; zB++; }
  return *zA==*zB;
}

/*
** Return the length of a string.  That of a NULL pointer is 0.
*/
static inline sqlite3_uint64 s3StrLen(const char *z){
  sqlite3_uint64 n = 0;
  if( z ) while( z[n] ) n++;
  return n;
}

#endif
