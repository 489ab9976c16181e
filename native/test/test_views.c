/*
** Views under load: one thread announces them, others read old and new ones, and
** every byte is compared with a model.  What happens in which view is decided
** beforehand, by a seed:
**
**   S3VFS_TEST_SEED    the seed; by default another one each time
**   S3VFS_TEST_VIEWS   how many views there are
**
** Threads run as they like, so the same seed is not quite the same run.
*/
#define _DEFAULT_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>
#include "check.h"
#include "stub.h"
#include "../page_cache.h"

#define SHIFT 9
#define PAGE (1<<SHIFT)
#define NPAGE 48
#define NREADER 3
#define OPS 100               /* Reads between two views, by all readers together */
#define SECOND ((sqlite3_int64)1000000000)
#define AHEAD (1700000000*SECOND)

#define GET(X) __atomic_load_n(&(X), __ATOMIC_SEQ_CST)
#define SET(X, V) __atomic_store_n(&(X), V, __ATOMIC_SEQ_CST)
#define ADD(X, N) __atomic_add_fetch(&(X), N, __ATOMIC_SEQ_CST)

/* Not CHECK: this ends a thread, and the test. */
#define WANT(X) do{ if( !(X) ){ \
    if( ADD(nWrong, 1)==1 ) printf("%s:%d: not true: %s (seed %u)\n", __FILE__, __LINE__, #X, iSeed); \
    return; \
  } }while( 0 )

static unsigned iSeed;
static int nWrong;            /* Atomic, as the following ones */
static int bDone;
static int nOp;
static int nHit;
static sqlite3_int64 cache, volume;

static unsigned rnd(unsigned *p, unsigned n){
  *p ^= *p<<13;
  *p ^= *p>>17;
  *p ^= *p<<5;
  return (*p>>3) % n;
}

/*
** The model.  Constant while threads run.
*/
typedef struct View {
  int aVersion[NPAGE+1];      /* In which view a page has last changed */
  int nChanged;               /* What is announced; -1: it is not known */
  int aChanged[2*NPAGE];
} View;
static View *aView;
static int nView;

static void makeModel(unsigned *pRnd){
  int v, i;
  aView = calloc((size_t)nView+1, sizeof(View));
  for(v=1; v<=nView; v++){
    View *p = &aView[v];
    int n = (int)rnd(pRnd, rnd(pRnd, 8) ? 5 : NPAGE);
    memcpy(p->aVersion, aView[v-1].aVersion, sizeof(p->aVersion));
    if( v==1 || rnd(pRnd, 8)==0 ) p->nChanged = -1;
    for(i=0; i<n || (v==1 && i<NPAGE); i++){
      int pgno = v==1 ? i+1 : 1 + (int)rnd(pRnd, NPAGE);
      p->aVersion[pgno] = v;
      if( p->nChanged>=0 ) p->aChanged[p->nChanged++] = pgno;
    }
    /* Too many may be named, but not too few. */
    if( p->nChanged>=0 && rnd(pRnd, 3)==0 ) p->aChanged[p->nChanged++] = 1 + (int)rnd(pRnd, NPAGE);
  }
}
static int versionOf(int v, int pgno){ return aView[v].aVersion[pgno]; }

static unsigned char byteOf(int iVersion, int pgno, int i){
  return i%4==0 ? (unsigned char)pgno : i%4==1 ? (unsigned char)iVersion
       : i%4==2 ? (unsigned char)(iVersion>>8) : (unsigned char)i;
}
static void makePage(unsigned char *a, int iVersion, int pgno, int iStart, int nByte){
  int i;
  for(i=0; i<nByte; i++) a[i] = byteOf(iVersion, pgno, iStart+i);
}
static int isPage(const unsigned char *a, int iVersion, int pgno, int iStart, int nByte){
  int i;
  for(i=0; i<nByte; i++) if( a[i]!=byteOf(iVersion, pgno, iStart+i) ) return 0;
  return 1;
}

/* Some neighbours of a page that have its version in a view: from *piFirst on. */
static int neighbours(unsigned *pRnd, int v, int pgno, int *piFirst){
  int iVersion = versionOf(v, pgno), iFirst = pgno, iLast = pgno, n = (int)rnd(pRnd, 6);
  while( n-->0 && iFirst>1 && versionOf(v, iFirst-1)==iVersion ) iFirst--;
  n = (int)rnd(pRnd, 6);
  while( n-->0 && iLast<NPAGE && versionOf(v, iLast+1)==iVersion ) iLast++;
  *piFirst = iFirst;
  return iLast - iFirst + 1;
}

/* What the host does to read from a page that the cache has not for a view. */
static int readAsHost(unsigned *pRnd, int v, int pgno, int iStart, unsigned char *aBuf, int nByte){
  int iVersion = versionOf(v, pgno), iFirst, n = neighbours(pRnd, v, pgno, &iFirst);
  int iNote = rnd(pRnd, 8) ? v : 0;
  if( s3vfs_page_read(volume, iNote, iVersion, 5, 0, -1, iFirst, n, pgno, PAGE, iStart, 0, aBuf, 0,
                      nByte) ){
    return 1;
  }else{
    unsigned char aPage[11*PAGE];
    int aPgno[11], i;
    for(i=0; i<n; i++){
      aPgno[i] = iFirst + i;
      makePage(aPage + i*PAGE, iVersion, iFirst+i, 0, PAGE);
    }
    s3vfs_page_put(volume, iNote, iVersion, 5, 0, -1, PAGE, n, aPgno, 0, aPage, 0,
                   (int)rnd(pRnd, 3));
    memcpy(aBuf, aPage + (pgno-iFirst)*PAGE + iStart, (size_t)nByte);
    return 0;
  }
}

static int somePage(unsigned *pRnd){
  return 1 + (int)rnd(pRnd, rnd(pRnd, 2) ? 12 : NPAGE);
}

/* Compare all that the cache says of some views. */
static void checkViews(int iFirst, int iLast){
  int v, pgno;
  for(v=iFirst<1 ? 1 : iFirst; v<=iLast; v++) for(pgno=1; pgno<=NPAGE; pgno++){
    unsigned char a[PAGE];
    if( s3VolumeRead((S3Volume*)(uintptr_t)volume, (unsigned)v, (unsigned)pgno, 0, a, PAGE) ){
      WANT(isPage(a, versionOf(v, pgno), pgno, 0, PAGE));
    }
  }
}

static void announce(int v){
  s3vfs_volume_view(volume, v, aView[v].nChanged, aView[v].aChanged);
}

/* Wait until there was something to see of the views so far. */
static void waitForReaders(int v){
  while( GET(nOp)<v*OPS && !GET(nWrong) ) sched_yield();
}

static void startTest(sqlite3_int64 nByte, unsigned *pRnd){
  const char *z = getenv("S3VFS_TEST_VIEWS");
  nView = (z ? atoi(z) : 300) + 2;
  if( iSeed==0 ){
    z = getenv("S3VFS_TEST_SEED");
    iSeed = z ? (unsigned)strtoul(z, 0, 10) : (unsigned)time(0)*4096u + (unsigned)getpid();
    if( iSeed==0 ) iSeed = 1;
    printf("seed %u\n", iSeed);
  }
  *pRnd = iSeed;
  makeModel(pRnd);
  nWrong = bDone = nOp = nHit = 0;
  cache = s3vfs_cache_new(nByte);
  volume = s3vfs_volume_new(cache, 1);
  base.bThreads = 1;
  sq.nYield = 5;
}

static void endTest(void){
  sq.nYield = 0;
  s3vfs_volume_release(volume);
  s3vfs_cache_free(cache);
  free(aView);
}

/*
** The cache alone.  A reader may know of a view before it is announced.
*/
static int iNewest;           /* Atomic */

static void readViews(unsigned iRnd){
  int iPinned = 1;
  while( !GET(bDone) && !GET(nWrong) ){
    int v = GET(iNewest), i;
    if( rnd(&iRnd, 3)==0 ) v = iPinned;
    else if( rnd(&iRnd, 6)==0 ) v = iPinned = v - (int)rnd(&iRnd, v<30 ? (unsigned)v : 30);
    for(i=0; i<6; i++){
      unsigned char a[PAGE];
      int pgno = somePage(&iRnd), iStart = (int)rnd(&iRnd, PAGE);
      int n = 1 + (int)rnd(&iRnd, (unsigned)(PAGE-iStart));
      if( s3VolumeRead((S3Volume*)(uintptr_t)volume, (unsigned)v, (unsigned)pgno,
                       (unsigned)iStart, a, (unsigned)n) ){
        ADD(nHit, 1);
      }else{
        readAsHost(&iRnd, v, pgno, iStart, a, n);
      }
      WANT(isPage(a, versionOf(v, pgno), pgno, iStart, n));
    }
    ADD(nOp, 6);
  }
}
static void *readThread(void *pArg){
  readViews((unsigned)(uintptr_t)pArg);
  return 0;
}

static sqlite3_int64 nMost;
static void lookOn(void){
  while( !GET(bDone) && !GET(nWrong) ){
    WANT(s3vfs_cache_stat(cache, S3VFS_STAT_BYTES)<=nMost);
    WANT(s3vfs_cache_stat(cache, S3VFS_STAT_HITS)>=0);
    s3vfs_volume_hold(volume);
    WANT(s3vfs_volume_stale(volume)==0);
    s3vfs_volume_release(volume);
    usleep(200);
  }
}
static void *lookThread(void *pArg){
  (void)pArg;
  lookOn();
  return 0;
}

static void checkCache(sqlite3_int64 nByte){
  pthread_t a[NREADER+1];
  unsigned iRnd;
  int i, v, nLive = sq.nLive;
  startTest(nByte, &iRnd);
  nMost = nByte;
  SET(iNewest, 1);
  announce(1);
  for(i=0; i<NREADER; i++){
    uintptr_t iStart = rnd(&iRnd, 1u<<28) + 1;
    CHECK_INT(pthread_create(&a[i], 0, readThread, (void*)iStart), 0);
  }
  CHECK_INT(pthread_create(&a[NREADER], 0, lookThread, 0), 0);
  for(v=2; v<=nView && !GET(nWrong); v++){
    waitForReaders(v);
    if( v%2 ) SET(iNewest, v);
    announce(v);
    SET(iNewest, v);
    if( v%16==0 ) checkViews(v-40, v);
  }
  waitForReaders(nView+1);
  SET(bDone, 1);
  for(i=0; i<=NREADER; i++) CHECK_INT(pthread_join(a[i], 0), 0);
  checkViews(1, nView);
  CHECK_INT(nWrong, 0);
  CHECK(nHit>nOp/20);
  endTest();
  CHECK_INT(sq.nLive, nLive);
}

static void every_view_has_its_pages_while_memory_is_short(void){
  checkCache(12*1024);
}
static void every_view_has_its_pages_while_memory_is_plenty(void){
  checkCache(4*1024*1024);
}

/*
** Connections.  A host that several threads may ask, whose mutex guards locks
** and announcements.
*/
static pthread_mutex_t hostMutex = PTHREAD_MUTEX_INITIALIZER;
static int bExclusive;        /* A writer is alone.  Under the mutex */
static int iCommitted;        /* Atomic.  A view that everybody must see by now */
static int nInside;           /* Atomic.  Read transactions that surely are under way */
static int nFast;             /* Atomic.  Those without an upcall */
static struct Conn {
  int eLock;                  /* That the host knows of.  Under the mutex */
  int iView;                  /* Of the thread that has the connection */
  int nAsked;
  unsigned iRnd;
} aConn[NREADER+1];

static void confirm(void){
  s3vfs_volume_fresh(volume, GET(iNewest), s3vfs_now(), AHEAD, S3VFS_NO_JOURNAL);
}

#define UPCALL(NAME) static sqlite3_int64 up##NAME( \
    int id, sqlite3_int64 a, sqlite3_int64 b, sqlite3_int64 c, int n)
#define UNUSED (void)id; (void)a; (void)b; (void)c; (void)n
UPCALL(OTHER){
  UNUSED;
  return 0;
}
UPCALL(FINE){
  UNUSED;
  return REPLY_OK;
}
static _Thread_local int iOpen;         /* The handle that OPEN is to give */
UPCALL(OPEN){
  sqlite3_int64 *aFile = (sqlite3_int64*)(uintptr_t)c;
  UNUSED;
  s3vfs_volume_hold(volume);
  aFile[0] = volume;
  aFile[1] = iOpen==1 ? SECOND/500 : SECOND;
  return REPLY(SQLITE_OK, iOpen);
}
UPCALL(READ){
  struct Conn *p = &aConn[id];
  int pgno = (int)(b>>SHIFT) + 1, iStart = (int)(b & (PAGE-1));
  UNUSED;
  readAsHost(&p->iRnd, p->iView, pgno, iStart, (unsigned char*)(uintptr_t)a, n);
  return REPLY(SQLITE_OK, n);
}
UPCALL(SIZE){
  UNUSED;
  *(sqlite3_int64*)(uintptr_t)a = NPAGE*PAGE;
  return REPLY_OK;
}
UPCALL(LOCK){
  struct Conn *p = &aConn[id];
  sqlite3_int64 *aOut = (sqlite3_int64*)(uintptr_t)a;
  int rc = SQLITE_OK;
  UNUSED;
  pthread_mutex_lock(&hostMutex);
  if( n!=SQLITE_LOCK_SHARED ){
    rc = SQLITE_BUSY_SNAPSHOT;
  }else if( b ){
    p->eLock = n;
  }else if( bExclusive ){
    rc = SQLITE_BUSY;
  }else{
    p->eLock = n;
    p->iView = GET(iNewest);
    p->nAsked++;
    aOut[0] = p->iView;
    aOut[1] = NPAGE*PAGE;
    aOut[2] = SHIFT;
    if( rnd(&p->iRnd, 4) ) confirm();
  }
  pthread_mutex_unlock(&hostMutex);
  return REPLY(rc, 0);
}
UPCALL(UNLOCK){
  UNUSED;
  pthread_mutex_lock(&hostMutex);
  aConn[id].eLock = n;
  pthread_mutex_unlock(&hostMutex);
  return REPLY_OK;
}

static int readOne(sqlite3_file *pFile, int v, int pgno, int iStart, int n){
  unsigned char a[PAGE];
  return pFile->pMethods->xRead(pFile, a, n, (sqlite3_int64)(pgno-1)*PAGE + iStart)==SQLITE_OK
      && isPage(a, versionOf(v, pgno), pgno, iStart, n);
}

static void readTransactions(int id, sqlite3_file *pFile){
  struct Conn *p = &aConn[id];
  unsigned iRnd = p->iRnd + 1;
  iOpen = id;
  while( !GET(bDone) && !GET(nWrong) ){
    int iBefore = GET(iCommitted), nAsked = p->nAsked, bJournal = 9, i, rc, v;
    sqlite3_int64 nByte = 0;
    if( pFile->pMethods==0 ){
      WANT(stubVfs()->xOpen(stubVfs(), stubDbName, pFile, SQLITE_OPEN_MAIN_DB, 0)==SQLITE_OK);
    }
    rc = pFile->pMethods->xLock(pFile, SQLITE_LOCK_SHARED);
    if( rc==SQLITE_BUSY ){
      sched_yield();
      continue;
    }
    WANT(rc==SQLITE_OK);
    ADD(nInside, 1);
    v = p->iView;
    WANT(v>=iBefore);
    if( p->nAsked==nAsked ) ADD(nFast, 1);
    WANT(stubVfs()->xAccess(stubVfs(), stubJournalName, 0, &bJournal)==SQLITE_OK && bJournal==0);
    WANT(readOne(pFile, v, 1, 24, 16));
    WANT(pFile->pMethods->xFileSize(pFile, &nByte)==SQLITE_OK && nByte==NPAGE*PAGE);
    for(i=0; i<4; i++) WANT(readOne(pFile, v, somePage(&iRnd), 0, PAGE));
    if( rnd(&iRnd, 8)==0 ){
      WANT(pFile->pMethods->xLock(pFile, SQLITE_LOCK_RESERVED)==SQLITE_BUSY_SNAPSHOT);
      WANT(readOne(pFile, v, somePage(&iRnd), 0, PAGE));
    }
    ADD(nInside, -1);
    if( rnd(&iRnd, 64)==0 ){
      WANT(pFile->pMethods->xClose(pFile)==SQLITE_OK);
      pthread_mutex_lock(&hostMutex);
      p->eLock = SQLITE_LOCK_NONE;
      pthread_mutex_unlock(&hostMutex);
    }else{
      WANT(pFile->pMethods->xUnlock(pFile, SQLITE_LOCK_NONE)==SQLITE_OK);
    }
    ADD(nOp, 6);
  }
}
static void *connectionThread(void *pArg){
  sqlite3_file *pFile = stubNewFile();
  pFile->pMethods = 0;
  readTransactions((int)(uintptr_t)pArg, pFile);
  stubClose(pFile);
  return 0;
}

/* One commit.  Where nobody reads, the writer is alone for a while. */
static void commit(int v, unsigned *pRnd){
  int i, n;
  pthread_mutex_lock(&hostMutex);
  if( rnd(pRnd, 2) ){
    n = s3vfs_volume_stale(volume);
    for(i=1; i<=NREADER; i++) n += aConn[i].eLock!=SQLITE_LOCK_NONE;
    if( n==0 ){
      bExclusive = 1;
      pthread_mutex_unlock(&hostMutex);
      for(i=0; i<20; i++){
        if( GET(nInside)!=0 ) ADD(nWrong, 1);
        sched_yield();
      }
      pthread_mutex_lock(&hostMutex);
      bExclusive = 0;
    }
  }
  announce(v);
  SET(iNewest, v);
  if( rnd(pRnd, 2) ) confirm();
  pthread_mutex_unlock(&hostMutex);
  SET(iCommitted, v);
}

static void connections_read_what_was_committed(void){
  pthread_t a[NREADER];
  unsigned iRnd;
  int i, v, nLive = sq.nLive;
  startTest(20*1024, &iRnd);
  CHECK_INT(s3vfs_bind(upOPEN, upFINE, upREAD, upOTHER, upOTHER, upOTHER, upSIZE, upLOCK, upUNLOCK,
                       upOTHER, upOTHER, upOTHER, upOTHER, upFINE, upOTHER, upOTHER,
                       upOTHER, upOTHER, upOTHER, upOTHER, upOTHER, upOTHER), SQLITE_OK);
  CHECK_INT(s3vfs_unregister("s3"), SQLITE_OK);
  CHECK_INT(s3vfs_register("s3", 3), SQLITE_OK);
  memset(aConn, 0, sizeof(aConn));
  bExclusive = nInside = nFast = 0;
  SET(stubClock.iNow, 5*SECOND);
  SET(base.iTime, STUB_1970 + (5*SECOND + AHEAD)/1000000);
  SET(iNewest, 1);
  SET(iCommitted, 1);
  announce(1);
  for(i=0; i<NREADER; i++){
    aConn[i+1].iRnd = rnd(&iRnd, 1u<<28) + 1;
    CHECK_INT(pthread_create(&a[i], 0, connectionThread, (void*)(uintptr_t)(i+1)), 0);
  }
  for(v=2; v<=nView && !GET(nWrong); v++){
    waitForReaders(v);
    commit(v, &iRnd);
    ADD(stubClock.iNow, 1000000);
    ADD(base.iTime, 1);
  }
  waitForReaders(nView+1);
  SET(bDone, 1);
  for(i=0; i<NREADER; i++) CHECK_INT(pthread_join(a[i], 0), 0);
  CHECK_INT(s3vfs_volume_stale(volume), 0);
  CHECK_INT(nWrong, 0);
  CHECK(nFast>0);
  endTest();
  CHECK_INT(sq.nLive, nLive);
}

const Test viewTests[] = {
  TEST(every_view_has_its_pages_while_memory_is_short),
  TEST(every_view_has_its_pages_while_memory_is_plenty),
  TEST(connections_read_what_was_committed),
  TEST_END
};
