/*
** A volume: what is known of a database file whose pages are in the page cache,
** for how long, and who reads it without the host's knowledge.
**
** The host says which view is what there is, and since when it knows
** (s3vfs_volume_fresh()).  Until that is too old for a connection, or the host
** takes it back (s3vfs_volume_stale()), a connection that has read this view
** last may begin read transactions by itself.  The volume counts them, so that
** the host, when a writer must be alone, learns whether it is.
*/
#include <stddef.h>
#include <stdint.h>
#include "page_cache.h"
#include "upcall.h"
#include "sqlite/sqlite3ext.h"
SQLITE_EXTENSION_INIT3

/* If the clocks differ by more nanoseconds since the view was confirmed, the
** process was suspended, cloned or restored, or somebody has set the time. */
#define S3_CLOCKS_DIFFER 1000000000

/* The time of day of SQLite begins so many milliseconds before 1970. */
#define S3_JULIAN_EPOCH ((sqlite3_int64)24405875*(sqlite3_int64)8640000)

struct S3Volume {
  unsigned nRef;              /* Atomic */
  S3Views views;              /* What the cache reads of it */
  S3Cache *pCache;
  int bJournals;              /* There may be a journal.  Never changes */
  sqlite3_mutex *pMutex;      /* Guards what follows */
  unsigned iView;             /* What there is; 0 if that is not known */
  int bNoJournal;             /* There is no journal */
  int nReader;                /* Read transactions that the host has not begun */
  sqlite3_int64 iSince;       /* When the view was what there is */
  sqlite3_int64 iAhead;       /* The time of day minus the clock then */
  sqlite3_int64 iLast;        /* What the clock has said last */
};

/*
** The clock.  A word of another size than a pointer would need help to be
** atomic, so what belongs together is set before xClock, and never changes.
*/
#if defined(_WIN32)
typedef unsigned long long (__stdcall *S3Ticks)(void);
#endif
typedef int (*S3ClockGettime)(int, long*);
static struct {
  uintptr_t xClock;           /* Atomic.  0 if there is none */
  int eClock;
  int iArg;
  sqlite3_vfs *pTime;         /* Tells the time of day */
} s3Clock;

int s3vfs_clock(sqlite3_int64 xClock, int eClock, int iArg){
  sqlite3_mutex *pMutex;
  sqlite3_vfs *pVfs;
  int rc = SQLITE_OK;
  if( !s3IsReady() || xClock==0 ) return SQLITE_MISUSE;
#if defined(_WIN32)
  if( eClock!=S3VFS_CLOCK_TICKS ) return SQLITE_MISUSE;
#else
  if( eClock!=S3VFS_CLOCK_POSIX ) return SQLITE_MISUSE;
#endif
  pMutex = s3Enter();
  pVfs = sqlite3_vfs_find(0);
  if( pVfs==0 || pVfs->iVersion<2 || pVfs->xCurrentTimeInt64==0 ){
    rc = SQLITE_ERROR;
  }else if( __atomic_load_n(&s3Clock.xClock, __ATOMIC_ACQUIRE)==0 ){
    s3Clock.eClock = eClock;
    s3Clock.iArg = iArg;
    s3Clock.pTime = pVfs;
    __atomic_store_n(&s3Clock.xClock, (uintptr_t)xClock, __ATOMIC_RELEASE);
  }
  sqlite3_mutex_leave(pMutex);
  return rc;
}

sqlite3_int64 s3vfs_now(void){
  uintptr_t xClock = __atomic_load_n(&s3Clock.xClock, __ATOMIC_ACQUIRE);
  if( xClock==0 ) return -1;
#if defined(_WIN32)
  return (sqlite3_int64)((S3Ticks)xClock)() * 1000000;
#else
  {
    long aTime[2];            /* struct timespec: seconds, nanoseconds */
    if( ((S3ClockGettime)xClock)(s3Clock.iArg, aTime)!=0 ) return -1;
    return (sqlite3_int64)aTime[0]*1000000000 + aTime[1];
  }
#endif
}

/*
** Return true if the view was what there is no longer than nStale nanoseconds
** ago.  A clock that went back ends that for good.  The mutex is held.
*/
static int s3IsFresh(S3Volume *p, sqlite3_int64 nStale){
  sqlite3_int64 iNow = s3vfs_now();
  sqlite3_int64 iTime, iDiff;
  if( iNow<0 || iNow<p->iLast ){
    p->iView = 0;
    return 0;
  }
  p->iLast = iNow;
#if defined(_WIN32)
  iNow += 16000000;           /* It may be so much later than the ticks say */
#endif
  if( iNow - p->iSince>nStale ) return 0;
  if( s3Clock.pTime->xCurrentTimeInt64(s3Clock.pTime, &iTime)!=SQLITE_OK ) return 0;
  /* Unsigned: a time of day that is far off must do no harm. */
  iDiff = (sqlite3_int64)(((sqlite3_uint64)iTime - (sqlite3_uint64)S3_JULIAN_EPOCH)*1000000
                          - (sqlite3_uint64)p->iLast - (sqlite3_uint64)p->iAhead);
  return iDiff<=S3_CLOCKS_DIFFER && iDiff>=-S3_CLOCKS_DIFFER;
}

int s3VolumeEnter(S3Volume *p, unsigned iView, sqlite3_int64 nStale){
  int bEntered;
  sqlite3_mutex_enter(p->pMutex);
  bEntered = iView!=0 && p->iView==iView && s3IsFresh(p, nStale);
  p->nReader += bEntered;
  sqlite3_mutex_leave(p->pMutex);
  return bEntered;
}

void s3VolumeLeave(S3Volume *p){
  sqlite3_mutex_enter(p->pMutex);
  p->nReader--;
  sqlite3_mutex_leave(p->pMutex);
}

int s3VolumeHasNoJournal(S3Volume *p){
  int bNoJournal;
  if( !p->bJournals ) return 1;
  sqlite3_mutex_enter(p->pMutex);
  bNoJournal = p->iView!=0 && p->bNoJournal;
  sqlite3_mutex_leave(p->pMutex);
  return bNoJournal;
}

int s3VolumeRead(
  S3Volume *p,
  unsigned iView,
  unsigned pgno,
  unsigned iStart,
  void *pBuf,
  unsigned nByte
){
  return s3CacheRead(p->pCache, &p->views, iView, pgno, iStart, pBuf, nByte);
}

void s3VolumeRelease(S3Volume *p){
  if( __atomic_sub_fetch(&p->nRef, 1, __ATOMIC_ACQ_REL)!=0 ) return;
  s3CacheRelease(p->pCache);
  sqlite3_mutex_free(p->pMutex);
  sqlite3_free(p);
}

static S3Volume *s3Volume(sqlite3_int64 volume){
  return (S3Volume*)(uintptr_t)volume;
}

sqlite3_int64 s3vfs_volume_new(sqlite3_int64 cache, int bJournals){
  S3Volume *p = sqlite3_malloc64(sizeof(S3Volume));
  if( p==0 ) return 0;
  __builtin_memset(p, 0, sizeof(*p));
  p->pMutex = sqlite3_mutex_alloc(SQLITE_MUTEX_FAST);
  if( p->pMutex==0 ){
    sqlite3_free(p);
    return 0;
  }
  p->nRef = 1;
  p->bJournals = bJournals;
  p->pCache = (S3Cache*)(uintptr_t)cache;
  s3CacheHold(p->pCache);
  p->views.iVolume = s3CacheVolume(p->pCache);
  return s3Ptr(p);
}

void s3vfs_volume_hold(sqlite3_int64 volume){
  __atomic_fetch_add(&s3Volume(volume)->nRef, 1, __ATOMIC_RELAXED);
}

void s3vfs_volume_release(sqlite3_int64 volume){
  s3VolumeRelease(s3Volume(volume));
}

void s3vfs_volume_view(sqlite3_int64 volume, int iView, int nPage, const int *aPage){
  S3Volume *p = s3Volume(volume);
  S3Views *pViews = &p->views;
  int i;
  __atomic_store_n(&pViews->iCurrent, (unsigned)iView, __ATOMIC_SEQ_CST);
  s3vfs_volume_stale(volume);     /* From here on no earlier view becomes fresh */
  if( nPage<0 ) __atomic_store_n(&pViews->iFloor, (unsigned)iView, __ATOMIC_SEQ_CST);
  for(i=0; i<nPage; i++){
    s3CacheChanged(p->pCache, pViews, (unsigned)iView, (unsigned)aPage[i]);
  }
  __atomic_store_n(&pViews->iReady, (unsigned)iView, __ATOMIC_SEQ_CST);
}

void s3vfs_volume_fresh(
  sqlite3_int64 volume, int iView, sqlite3_int64 iSince, sqlite3_int64 iAhead, int flags
){
  S3Volume *p = s3Volume(volume);
  sqlite3_mutex_enter(p->pMutex);
  /* A later one may have been announced meanwhile: then this is not what there is. */
  if( (unsigned)iView>=__atomic_load_n(&p->views.iCurrent, __ATOMIC_SEQ_CST) ){
    p->iView = (unsigned)iView;
    p->iSince = iSince;
    if( iSince>p->iLast ) p->iLast = iSince;
    p->iAhead = iAhead;
    p->bNoJournal = (flags & S3VFS_NO_JOURNAL)!=0;
  }
  sqlite3_mutex_leave(p->pMutex);
}

int s3vfs_volume_stale(sqlite3_int64 volume){
  S3Volume *p = s3Volume(volume);
  int nReader;
  sqlite3_mutex_enter(p->pMutex);
  p->iView = 0;
  nReader = p->nReader;
  sqlite3_mutex_leave(p->pMutex);
  return nReader;
}

int s3vfs_page_read(
  sqlite3_int64 volume,
  int iView,
  sqlite3_int64 k0, sqlite3_int64 k1, sqlite3_int64 k2, sqlite3_int64 k3,
  int iFirst,
  int nMore,
  int pgno,
  int szPage,
  int iStart,
  sqlite3_int64 buf,
  void *pBuf,
  int iBuf,
  int nByte
){
  S3Volume *p = s3Volume(volume);
  char *z = buf ? (char*)(uintptr_t)buf : (char*)pBuf;
  const S3Key key = {{ k0, k1, k2, k3 }};
  unsigned iNoted = iView==S3VFS_LOOK ? 0 : (unsigned)iView;
  unsigned i;
  if( !s3CacheReadKey(p->pCache, &p->views, iNoted, &key, (unsigned)pgno,
                      (unsigned)szPage, (unsigned)iStart, z + iBuf,
                      (unsigned)nByte, iView==S3VFS_LOOK) ){
    return 0;
  }
  for(i=0; iNoted!=0 && i<(unsigned)nMore; i++){
    unsigned pgnoMore = (unsigned)iFirst + i;
    if( pgnoMore!=(unsigned)pgno ){
      s3CacheNeighbour(p->pCache, &p->views, iNoted, &key, pgnoMore, (unsigned)szPage);
    }
  }
  return 1;
}

int s3vfs_pages_unknown(sqlite3_int64 volume, int iView, int nPage, int *aPage){
  S3Volume *p = s3Volume(volume);
  int i, n = 0;
  for(i=0; i<nPage; i++){
    if( !s3CacheHas(p->pCache, &p->views, (unsigned)iView, (unsigned)aPage[i]) ) aPage[n++] = aPage[i];
  }
  return n;
}

void s3vfs_page_put(
  sqlite3_int64 volume,
  int iView,
  sqlite3_int64 k0, sqlite3_int64 k1, sqlite3_int64 k2, sqlite3_int64 k3,
  int szPage,
  int nPage,
  const int *aPage,
  sqlite3_int64 buf,
  const void *pBuf,
  int iBuf,
  int ePut
){
  S3Volume *p = s3Volume(volume);
  const S3Key key = {{ k0, k1, k2, k3 }};
  const char *z = (buf ? (const char*)(uintptr_t)buf : (const char*)pBuf) + iBuf;
  int i;
  for(i=0; i<nPage; i++){
    s3CachePut(p->pCache, &p->views, (unsigned)iView, &key, (unsigned)aPage[i], z,
               (unsigned)szPage, ePut);
    z += szPage;
  }
}
