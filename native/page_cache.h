/*
** The page cache, and what is known of a database file whose pages are in it:
** what page_cache.c and volume.c have for s3vfs.c.  The host sees s3vfs.h only.
*/
#ifndef S3VFS_PAGE_CACHE_H
#define S3VFS_PAGE_CACHE_H

#include "s3vfs.h"

typedef struct S3Cache S3Cache;
typedef struct S3Volume S3Volume;

/*
** A view is one state of a database file.  The host numbers the views of a
** volume, upwards from 1, as it learns of them.
**
** What is said here of a volume is read by the cache without the volume's
** mutex; all of it is atomic.
*/
typedef struct S3Views {
  unsigned iVolume;           /* Which volume of its cache.  Never changes */
  unsigned iCurrent;          /* The newest view that was announced */
  unsigned iReady;            /* Up to here, the cache knows what has changed */
  unsigned iFloor;            /* It is not known what has changed before this one */
} S3Views;

/* Names immutable bytes of a page, together with its number. */
typedef struct S3Key { sqlite3_int64 a[4]; } S3Key;

/*
** Copy bytes of a page as it is in a view, if the cache has that.  Return
** whether it has.
*/
int s3CacheRead(S3Cache*, const S3Views*, unsigned iView, unsigned pgno,
                unsigned iStart, void *pBuf, unsigned nByte);

/*
** Return whether s3CacheRead() would find a page.  It does not count as read.
*/
int s3CacheHas(S3Cache*, const S3Views*, unsigned iView, unsigned pgno);

/*
** Read, as s3CacheRead() does, from a page of a key, whatever is known of views.  nPage says which
** size it must have.  If the page is there, take note that it is what the view
** has; iView 0 is no view.  bLook says that this is no read.
*/
int s3CacheReadKey(S3Cache*, const S3Views*, unsigned iView, const S3Key*, unsigned pgno,
                   unsigned szPage, unsigned iStart, void *pBuf, unsigned nByte, int bLook);

/*
** Take note that a page of a key is what a view has, if it is there and no inner
** page of a B-tree: those the host wants to see when they are read.
*/
void s3CacheNeighbour(S3Cache*, const S3Views*, unsigned iView, const S3Key*, unsigned pgno,
                      unsigned szPage);

/*
** Take a page in.  Nothing happens if it is there, if it does not fit, or if
** there is no memory.  iView as above; ePut is one of S3VFS_PUT.
*/
void s3CachePut(S3Cache*, const S3Views*, unsigned iView, const S3Key*, unsigned pgno,
                const void *pPage, unsigned szPage, int ePut);

/*
** From view iView on, a page has other bytes than before.
*/
void s3CacheChanged(S3Cache*, const S3Views*, unsigned iView, unsigned pgno);

/*
** References to a cache.  The last one frees it.
*/
void s3CacheHold(S3Cache*);
void s3CacheRelease(S3Cache*);

/* A number that no other volume of the cache has. */
unsigned s3CacheVolume(S3Cache*);

/*
** The volume: views, and readers that the host does not know of.
**
** s3VolumeEnter() begins a read transaction of a connection that has read view
** iView last, if that is still what there is, and known to be so for no longer
** than nStale nanoseconds.  Return whether it has begun; s3VolumeLeave() ends it.
*/
int s3VolumeEnter(S3Volume*, unsigned iView, sqlite3_int64 nStale);
void s3VolumeLeave(S3Volume*);

/* Return true if it is known that the database has no journal. */
int s3VolumeHasNoJournal(S3Volume*);

/* Read from the cache, as s3CacheRead() does. */
int s3VolumeRead(S3Volume*, unsigned iView, unsigned pgno, unsigned iStart,
                 void *pBuf, unsigned nByte);

/* Give a reference back that the host has taken by s3vfs_volume_hold(). */
void s3VolumeRelease(S3Volume*);

#endif
