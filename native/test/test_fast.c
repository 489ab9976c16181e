/*
** Reading without upcalls: a file whose volume is known to be fresh, and all that
** must make it ask the host again.
*/
#include <stdint.h>
#include "check.h"
#include "stub.h"
#include "../page_cache.h"

#define SHIFT 10
#define PAGE (1<<SHIFT)
#define SECOND ((sqlite3_int64)1000000000)
#define STALE SECOND
#define AHEAD (1700000000*SECOND + 123456789)
#define CHECK_OFFSET 24
#define CHECK_BYTES 16

/* The database file of the host. */
static unsigned char aFile[4*PAGE + 100];
static int aVersion[6];       /* The view that a page is from, by its number */

static struct Fast {
  sqlite3_int64 cache, volume;
  sqlite3_int64 nStale;       /* What OPEN says */
  sqlite3_int64 aView[3];     /* What LOCK says with SHARED */
  int bConfirm;               /* LOCK makes the view fresh */
  int flags;                  /* With that */
  int bTakeIn;                /* READ puts pages into the cache */
  int nLiveBefore;
  struct { int eLock, bEntered, nReader; } aLock[8];   /* What LOCK was asked, and who read */
  int nLock;
} fast;

/* Let some time pass. */
static void wait(sqlite3_int64 n){
  stubClock.iNow += n;
  base.iTime = STUB_1970 + (stubClock.iNow + AHEAD)/1000000;
}

static void confirm(void){
  s3vfs_volume_fresh(fast.volume, (int)fast.aView[0], s3vfs_now(), AHEAD, fast.flags);
}

static void giveVolume(const HostCall *p){
  sqlite3_int64 *a = (sqlite3_int64*)(uintptr_t)p->c;
  s3vfs_volume_hold(fast.volume);
  a[0] = fast.volume;
  a[1] = fast.nStale;
}
static void giveView(const HostCall *p){
  if( fast.nLock<8 ){
    fast.aLock[fast.nLock].eLock = p->n;
    fast.aLock[fast.nLock].bEntered = (int)p->b;
    if( p->n!=SQLITE_LOCK_SHARED || p->b ){
      fast.aLock[fast.nLock].nReader = s3vfs_volume_stale(fast.volume);
    }
    fast.nLock++;
  }
  if( p->n!=SQLITE_LOCK_SHARED || p->b ) return;
  memcpy((void*)(uintptr_t)p->a, fast.aView, sizeof(fast.aView));
  if( fast.bConfirm ) confirm();
}
static void givePage(const HostCall *p){
  sqlite3_int64 n = (sqlite3_int64)sizeof(aFile) - p->b;
  if( n<0 ) n = 0;
  if( n>p->n ) n = p->n;
  if( n>0 ) memcpy((void*)(uintptr_t)p->a, aFile + p->b, (size_t)n);
  host.aReply[S3VFS_UP_READ] = REPLY(SQLITE_OK, n);
  if( fast.bTakeIn && n==PAGE && p->b%PAGE==0 ){
    int pgno = (int)(p->b/PAGE) + 1;
    s3vfs_page_put(fast.volume, (int)fast.aView[0], aVersion[pgno], 0, 0, 0, PAGE, 1, &pgno, 0,
                   aFile, (int)p->b, S3VFS_PUT_READ);
  }
}
static void giveSize(const HostCall *p){
  *(sqlite3_int64*)(uintptr_t)p->a = (sqlite3_int64)sizeof(aFile);
}

/* Put hooks into place; after a new binding, too. */
static void hook(void){
  host.aHook[S3VFS_UP_OPEN] = giveVolume;
  host.aHook[S3VFS_UP_LOCK] = giveView;
  host.aHook[S3VFS_UP_READ] = givePage;
  host.aHook[S3VFS_UP_SIZE] = giveSize;
}
static void startWith(int bJournals){
  size_t i;
  memset(&fast, 0, sizeof(fast));
  for(i=0; i<sizeof(aFile); i++) aFile[i] = (unsigned char)(i*7 + i/256);
  for(i=0; i<6; i++) aVersion[i] = 1;
  fast.nLiveBefore = sq.nLive;
  fast.cache = s3vfs_cache_new(1<<20);
  fast.volume = s3vfs_volume_new(fast.cache, bJournals);
  fast.nStale = STALE;
  fast.aView[0] = 1;
  fast.aView[1] = (sqlite3_int64)sizeof(aFile);
  fast.aView[2] = SHIFT;
  fast.bConfirm = fast.bTakeIn = 1;
  fast.flags = S3VFS_NO_JOURNAL;
  s3vfs_volume_view(fast.volume, 1, -1, 0);
  stubClock.iNow = 1000*SECOND;
  wait(0);
  hook();
}
static void start(void){ startWith(1); }
static int nothingIsLeft(void){
  s3vfs_volume_release(fast.volume);
  s3vfs_cache_free(fast.cache);
  return sq.nLive==fast.nLiveBefore;
}

/* Another connection commits: these pages change. */
static void commit(int pgno){
  size_t i;
  fast.aView[0]++;
  s3vfs_volume_view(fast.volume, (int)fast.aView[0], 1, &pgno);
  aVersion[pgno] = (int)fast.aView[0];
  for(i=0; i<PAGE; i++) aFile[(size_t)(pgno-1)*PAGE+i] += 13;
}

/* The methods of a file. */
static int lock(sqlite3_file *p, int e){ return p->pMethods->xLock(p, e); }
static int unlock(sqlite3_file *p, int e){ return p->pMethods->xUnlock(p, e); }
static int readAt(sqlite3_file *p, int iOfst, int n){
  static unsigned char a[PAGE*2];
  int rc;
  memset(a, 0xee, sizeof(a));
  rc = p->pMethods->xRead(p, a, n, iOfst);
  if( rc==SQLITE_OK && memcmp(a, aFile + iOfst, (size_t)n) ) return -1;
  return rc;
}
static int check(sqlite3_file *p){ return readAt(p, CHECK_OFFSET, CHECK_BYTES); }
static int page(sqlite3_file *p, int pgno){ return readAt(p, (pgno-1)*PAGE, PAGE); }
static int sizeOf(sqlite3_file *p){
  sqlite3_int64 n = -1;
  int rc = p->pMethods->xFileSize(p, &n);
  return rc==SQLITE_OK && n!=(sqlite3_int64)sizeof(aFile) ? -1 : rc;
}
static int noJournal(const char *zPath){
  int b = 99, rc = stubVfs()->xAccess(stubVfs(), zPath, SQLITE_ACCESS_EXISTS, &b);
  return rc==SQLITE_OK && b==0;
}
static int lockState(sqlite3_file *p){
  int e = -1;
  p->pMethods->xFileControl(p, SQLITE_FCNTL_LOCKSTATE, &e);
  return e;
}

/* A read transaction, as the pager makes it.  Returns its number of upcalls, or
** minus the line where something was wrong. */
#define RIGHT(X) if( !(X) ) return -__LINE__
static int transaction(sqlite3_file *p){
  int n = hostCalls();
  RIGHT(lock(p, SQLITE_LOCK_SHARED)==SQLITE_OK);
  RIGHT(lockState(p)==SQLITE_LOCK_SHARED);
  RIGHT(noJournal(stubJournalName));
  RIGHT(check(p)==SQLITE_OK);
  RIGHT(sizeOf(p)==SQLITE_OK);
  RIGHT(page(p, 1)==SQLITE_OK);
  RIGHT(page(p, 2)==SQLITE_OK);
  RIGHT(unlock(p, SQLITE_LOCK_NONE)==SQLITE_OK);
  RIGHT(lockState(p)==SQLITE_LOCK_NONE);
  return hostCalls() - n;
}

/* Return true if the next read transaction begins with an upcall. */
static int asks(sqlite3_file *p){
  int n = host.aCall[S3VFS_UP_LOCK];
  int nUpcall = transaction(p);
  if( nUpcall<0 ) printf("line %d\n", -nUpcall);
  return nUpcall<0 ? -1 : host.aCall[S3VFS_UP_LOCK] - n;
}

/* A file that has done with upcalls. */
static sqlite3_file *openWarm(void){
  sqlite3_file *p = stubOpen();
  if( p==0 || transaction(p)<=0 || transaction(p)!=0 ) abort();
  return p;
}

/*
** The clock.  These run in this order, before any that need one.
*/
static void without_a_clock_the_host_is_asked(void){
  sqlite3_file *p;
  CHECK_INT(s3vfs_now(), -1);
  start();
  p = stubOpen();
  CHECK(transaction(p)>0);
  CHECK_INT(transaction(p), 2);         /* LOCK and UNLOCK: pages are in the cache */
  stubClose(p);
  CHECK(nothingIsLeft());
}

static int otherGettime(int iArg, long *aTime){
  (void)iArg;
  aTime[0] = aTime[1] = 77;
  return 0;
}

static void a_clock_must_be_one(void){
  sqlite3_int64 xClock = (sqlite3_int64)(uintptr_t)stubGettime;
  CHECK_INT(s3vfs_clock(0, S3VFS_CLOCK_POSIX, 5), SQLITE_MISUSE);
  CHECK_INT(s3vfs_clock(xClock, S3VFS_CLOCK_TICKS, 5), SQLITE_MISUSE);
  CHECK_INT(s3vfs_clock(xClock, 0, 5), SQLITE_MISUSE);
  base.vfs.xCurrentTimeInt64 = 0;
  CHECK_INT(s3vfs_clock(xClock, S3VFS_CLOCK_POSIX, 5), SQLITE_ERROR);
  stubReset();
  base.vfs.iVersion = 1;
  CHECK_INT(s3vfs_clock(xClock, S3VFS_CLOCK_POSIX, 5), SQLITE_ERROR);
  CHECK_INT(s3vfs_now(), -1);
}

static void a_clock_is_set_once(void){
  stubClock.iNow = 12345*SECOND + 678;
  CHECK_INT(s3vfs_clock((sqlite3_int64)(uintptr_t)stubGettime, S3VFS_CLOCK_POSIX, 5), SQLITE_OK);
  CHECK_INT(s3vfs_now(), 12345*SECOND + 678);
  CHECK_INT(stubClock.iArg, 5);
  CHECK_INT(s3vfs_clock((sqlite3_int64)(uintptr_t)otherGettime, S3VFS_CLOCK_POSIX, 6), SQLITE_OK);
  CHECK_INT(s3vfs_now(), 12345*SECOND + 678);
  CHECK_INT(stubClock.iArg, 5);
  stubClock.rc = -1;
  CHECK_INT(s3vfs_now(), -1);
}

const Test clockTests[] = {
  TEST(without_a_clock_the_host_is_asked),
  TEST(a_clock_must_be_one),
  TEST(a_clock_is_set_once),
  TEST_END
};

/*
** Read transactions.
*/
static void a_second_read_transaction_makes_no_upcall(void){
  sqlite3_file *p;
  int i, nHit;
  start();
  p = stubOpen();
  CHECK_INT(transaction(p), 5);         /* LOCK, READ three times, UNLOCK */
  nHit = (int)s3vfs_cache_stat(fast.cache, S3VFS_STAT_HITS);
  for(i=1; i<=3; i++) CHECK_INT(transaction(p), 0);
  CHECK_INT(s3vfs_cache_stat(fast.cache, S3VFS_STAT_HITS), nHit + 9);
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void what_is_known_has_an_age(void){
  sqlite3_file *p;
  start();
  p = openWarm();
  wait(STALE);
  CHECK_INT(asks(p), 0);
  wait(1);
  CHECK_INT(asks(p), 1);
  CHECK_INT(asks(p), 0);
  fast.bConfirm = 0;
  wait(STALE+1);
  CHECK_INT(asks(p), 1);
  CHECK_INT(asks(p), 1);
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void a_file_has_an_age_of_its_own(void){
  sqlite3_file *p, *pOld, *pNever;
  start();
  p = openWarm();
  fast.nStale = 10*SECOND;
  pOld = openWarm();
  fast.nStale = 0;
  pNever = stubOpen();
  CHECK_INT(asks(pNever), 1);
  CHECK_INT(asks(pNever), 1);
  fast.bConfirm = 0;
  wait(2*SECOND);
  CHECK_INT(asks(p), 1);
  CHECK_INT(asks(pOld), 0);
  stubClose(p); stubClose(pOld); stubClose(pNever);
  CHECK(nothingIsLeft());
}

static void a_transaction_lasts_as_long_as_it_likes(void){
  sqlite3_file *p;
  int n;
  start();
  p = openWarm();
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  n = hostCalls();
  wait(100*STALE);
  commit(2);
  aFile[PAGE] -= 13;                    /* this one reads what was there before */
  CHECK_INT(check(p), SQLITE_OK);
  CHECK_INT(page(p, 1), SQLITE_OK);
  CHECK_INT(sizeOf(p), SQLITE_OK);
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(unlock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  CHECK_INT(hostCalls(), n);
  CHECK_INT(asks(p), 1);
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void a_new_view_is_asked_for(void){
  sqlite3_file *p, *pOther;
  start();
  p = openWarm();
  pOther = openWarm();
  commit(2);
  CHECK_INT(transaction(p), 4);         /* LOCK, READ of what is checked and of page 2, UNLOCK */
  CHECK_INT(transaction(p), 0);
  /* The other one has read an older view last. */
  CHECK_INT(transaction(pOther), 3);    /* LOCK, READ of what is checked, UNLOCK */
  CHECK_INT(transaction(pOther), 0);
  stubClose(p); stubClose(pOther);
  CHECK(nothingIsLeft());
}

static void an_announced_view_is_not_fresh_of_its_own_accord(void){
  sqlite3_file *p;
  start();
  p = openWarm();
  fast.bConfirm = 0;
  commit(2);
  CHECK_INT(asks(p), 1);
  CHECK_INT(asks(p), 1);
  confirm();
  CHECK_INT(asks(p), 0);
  stubClose(p);
  CHECK(nothingIsLeft());
}

/* Two threads of the host: what one finds out late, the other knows better. */
static void an_older_view_cannot_become_fresh(void){
  sqlite3_file *p;
  start();
  p = openWarm();
  fast.bConfirm = 0;
  commit(2);
  s3vfs_volume_fresh(fast.volume, 1, s3vfs_now(), AHEAD, S3VFS_NO_JOURNAL);
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(s3vfs_volume_stale(fast.volume), 0);
  CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  confirm();
  s3vfs_volume_fresh(fast.volume, 1, s3vfs_now(), AHEAD, S3VFS_NO_JOURNAL);
  CHECK_INT(asks(p), 0);                /* it has read the new one meanwhile */
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void stale_takes_everything_back(void){
  sqlite3_file *p;
  start();
  p = openWarm();
  CHECK_INT(s3vfs_volume_stale(fast.volume), 0);
  CHECK_INT(asks(p), 1);
  CHECK_INT(asks(p), 0);
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void stale_counts_those_who_were_not_known(void){
  sqlite3_file *a[4];
  int i;
  start();
  for(i=0; i<3; i++) a[i] = openWarm();
  for(i=0; i<2; i++) CHECK_INT(lock(a[i], SQLITE_LOCK_SHARED), SQLITE_OK);
  a[3] = stubOpen();
  CHECK_INT(lock(a[3], SQLITE_LOCK_SHARED), SQLITE_OK);       /* known to the host */
  CHECK_INT(s3vfs_volume_stale(fast.volume), 2);
  CHECK_INT(lock(a[2], SQLITE_LOCK_SHARED), SQLITE_OK);       /* from now on, too */
  CHECK_INT(s3vfs_volume_stale(fast.volume), 2);
  CHECK_INT(unlock(a[0], SQLITE_LOCK_NONE), SQLITE_OK);
  CHECK_INT(s3vfs_volume_stale(fast.volume), 1);
  CHECK_INT(unlock(a[1], SQLITE_LOCK_NONE), SQLITE_OK);
  CHECK_INT(s3vfs_volume_stale(fast.volume), 0);
  for(i=0; i<4; i++) stubClose(a[i]);
  CHECK(nothingIsLeft());
}

static void closing_ends_a_read_transaction(void){
  sqlite3_file *p;
  start();
  p = openWarm();
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(s3vfs_volume_stale(fast.volume), 1);
  CHECK_INT(p->pMethods->xClose(p), SQLITE_OK);
  CHECK_INT(s3vfs_volume_stale(fast.volume), 0);
  free(p);
  CHECK(nothingIsLeft());
}

static void a_pragma_makes_it_ask(void){
  sqlite3_file *p;
  char *azArg[3] = { 0, (char*)"x", 0 };
  start();
  p = openWarm();
  host.aReply[S3VFS_UP_PRAGMA] = REPLY(SQLITE_NOTFOUND, 0);
  CHECK_INT(p->pMethods->xFileControl(p, SQLITE_FCNTL_PRAGMA, azArg), SQLITE_NOTFOUND);
  CHECK_INT(asks(p), 1);
  CHECK_INT(asks(p), 0);
  /* In the middle of a read transaction. */
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(p->pMethods->xFileControl(p, SQLITE_FCNTL_PRAGMA, azArg), SQLITE_NOTFOUND);
  CHECK_INT(s3vfs_volume_stale(fast.volume), 1);
  CHECK_INT(page(p, 1), SQLITE_OK);
  CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  CHECK_INT(s3vfs_volume_stale(fast.volume), 0);
  CHECK_INT(asks(p), 1);
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void a_host_that_names_no_view_is_asked(void){
  static const sqlite3_int64 a[][3] = {
    { 0, 5000, 10 }, { -1, 5000, 10 }, { 0x80000000LL, 5000, 10 }, { 0x100000001LL, 5000, 10 },
    { 1, -1, 10 }, { 1, INT64_MIN, 10 }, { 1, 5000, 0 }, { 1, 5000, 8 }, { 1, 5000, 17 },
    { 1, 5000, -1 }, { 1, 5000, 0x10000000aLL }
  };
  size_t i;
  start();
  for(i=0; i<sizeof(a)/sizeof(a[0]); i++){
    sqlite3_file *p = openWarm();
    sqlite3_int64 aGood[3];
    memcpy(aGood, fast.aView, sizeof(aGood));
    s3vfs_volume_stale(fast.volume);
    memcpy(fast.aView, a[i], sizeof(aGood));
    fast.bConfirm = 0;
    CHECK_INT(transaction(p), 7);       /* each method makes one, but for the journal */
    memcpy(fast.aView, aGood, sizeof(aGood));
    fast.bConfirm = 1;
    confirm();
    CHECK_INT(asks(p), 1);
    CHECK_INT(asks(p), 0);
    stubClose(p);
  }
  CHECK(nothingIsLeft());
}

static void a_file_without_a_volume_has_no_view(void){
  sqlite3_file *p;
  start();
  host.aHook[S3VFS_UP_OPEN] = 0;
  p = stubOpen();
  CHECK_INT(transaction(p), 7);
  CHECK_INT(transaction(p), 7);
  stubClose(p);
  CHECK(nothingIsLeft());
}

/*
** Clocks that are not to be trusted.
*/
static void a_clock_that_goes_back_makes_it_ask(void){
  sqlite3_file *p;
  start();
  p = openWarm();
  wait(STALE/2);
  CHECK_INT(asks(p), 0);
  wait(-1);
  fast.bConfirm = 0;
  CHECK_INT(asks(p), 1);
  wait(2);                              /* it has caught up: that makes nothing good */
  CHECK_INT(asks(p), 1);
  confirm();
  CHECK_INT(asks(p), 0);
  stubClose(p);
  CHECK(nothingIsLeft());
}

/* Nobody has looked at it since the view was confirmed. */
static void a_clock_that_is_behind_the_confirmation_makes_it_ask(void){
  sqlite3_file *p;
  start();
  p = openWarm();
  wait(10*SECOND);
  confirm();
  wait(-5*SECOND);
  fast.bConfirm = 0;
  CHECK_INT(asks(p), 1);
  wait(6*SECOND);
  CHECK_INT(asks(p), 1);
  confirm();
  CHECK_INT(asks(p), 0);
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void a_clock_that_fails_makes_it_ask(void){
  sqlite3_file *p;
  start();
  p = openWarm();
  stubClock.rc = -1;
  fast.bConfirm = 0;
  CHECK_INT(asks(p), 1);
  stubClock.rc = 0;
  CHECK_INT(asks(p), 1);
  confirm();
  CHECK_INT(asks(p), 0);
  base.rcTime = SQLITE_ERROR;
  CHECK_INT(asks(p), 1);
  base.rcTime = SQLITE_OK;
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void clocks_that_disagree_make_it_ask(void){
  static const struct { sqlite3_int64 nMillis; int bAsks; } a[] = {
    { 0, 0 }, { 999, 0 }, { -999, 0 }, { 1002, 1 }, { -1002, 1 }, { 3600000, 1 }, { -3600000, 1 }
  };
  sqlite3_file *p;
  size_t i;
  start();
  p = openWarm();
  fast.bConfirm = 0;
  for(i=0; i<sizeof(a)/sizeof(a[0]); i++){
    confirm();
    wait(STALE/2);
    base.iTime += a[i].nMillis;
    CHECK_INT(asks(p), a[i].bAsks);
    wait(0);
  }
  /* However far off the time of day is. */
  base.iTime = 0;
  CHECK_INT(asks(p), 1);
  base.iTime = INT64_MAX;
  CHECK_INT(asks(p), 1);
  wait(0);
  CHECK_INT(asks(p), 0);
  /* A process that is suspended sees its own clock stand still. */
  confirm();
  base.iTime += 2000;
  CHECK_INT(asks(p), 1);
  stubClose(p);
  CHECK(nothingIsLeft());
}

/*
** What the pager checks.
*/
static void what_is_checked_comes_from_the_host_once_for_each_view(void){
  sqlite3_file *p;
  start();
  p = stubOpen();
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(page(p, 1), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_READ], 1);
  CHECK_INT(page(p, 1), SQLITE_OK);
  CHECK_INT(readAt(p, 24, 15), SQLITE_OK);        /* only this very read is a check */
  CHECK_INT(readAt(p, 23, 16), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_READ], 1);
  CHECK_INT(check(p), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_READ], 2);
  CHECK_INT(check(p), SQLITE_OK);
  CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(check(p), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_READ], 2);
  CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  commit(3);
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(page(p, 1), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_READ], 2);
  CHECK_INT(check(p), SQLITE_OK);
  CHECK_INT(check(p), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_READ], 3);
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void a_check_that_failed_is_made_again(void){
  static const sqlite3_int64 aReply[] = { 0, REPLY(SQLITE_IOERR, 0), REPLY(SQLITE_OK, 15) };
  sqlite3_file *p;
  size_t i;
  start();
  p = stubOpen();
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(page(p, 1), SQLITE_OK);
  host.aHook[S3VFS_UP_READ] = 0;
  for(i=0; i<3; i++){
    host.aReply[S3VFS_UP_READ] = aReply[i];
    CHECK(check(p)!=SQLITE_OK);
  }
  host.aHook[S3VFS_UP_READ] = givePage;
  CHECK_INT(check(p), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_READ], 5);
  CHECK_INT(check(p), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_READ], 5);
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void a_check_counts_only_in_a_read_transaction(void){
  sqlite3_file *p;
  start();
  p = stubOpen();
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  CHECK_INT(check(p), SQLITE_OK);       /* without a lock */
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(page(p, 1), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_READ], 2);
  CHECK_INT(check(p), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_READ], 3);
  stubClose(p);
  CHECK(nothingIsLeft());
}

/*
** Reads.
*/
static int wasRead(sqlite3_file *p, int iOfst, int n, int rc){
  int nCall = host.aCall[S3VFS_UP_READ];
  unsigned char a[2*PAGE];
  const HostCall *pCall = &host.aLast[S3VFS_UP_READ];
  return p->pMethods->xRead(p, a, n, iOfst)==rc && host.aCall[S3VFS_UP_READ]==nCall+1
      && pCall->id==7 && pCall->a==(sqlite3_int64)(uintptr_t)a && pCall->b==iOfst && pCall->n==n;
}

static void what_the_cache_does_not_have_is_read_by_the_host(void){
  sqlite3_file *p;
  int n;
  start();
  p = openWarm();
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK(wasRead(p, 2*PAGE, PAGE, SQLITE_OK));               /* not there, and taken in */
  n = host.aCall[S3VFS_UP_READ];
  CHECK_INT(page(p, 3), SQLITE_OK);
  CHECK_INT(readAt(p, 2*PAGE+7, PAGE-7), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_READ], n);
  CHECK(wasRead(p, PAGE-1, 2, SQLITE_OK));                  /* across a boundary */
  CHECK(wasRead(p, 0, 2*PAGE, SQLITE_OK));
  CHECK(wasRead(p, 4*PAGE, 100, SQLITE_OK));                /* not a whole page */
  CHECK(wasRead(p, 4*PAGE, 101, SQLITE_IOERR_SHORT_READ));  /* beyond the end */
  CHECK(wasRead(p, 4*PAGE+100, 1, SQLITE_IOERR_SHORT_READ));
  CHECK(wasRead(p, 100*PAGE, PAGE, SQLITE_IOERR_SHORT_READ));
  CHECK_INT(s3vfs_volume_stale(fast.volume), 1);
  CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_UNLOCK], 1);                /* all that without a known lock */
  stubClose(p);
  CHECK(nothingIsLeft());
}

/* In the cache the last page is longer than the file is in this view. */
static void a_page_behind_the_end_is_not_read(void){
  sqlite3_file *p;
  start();
  p = stubOpen();
  fast.aView[1] = 2*PAGE - 1;
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(page(p, 2), SQLITE_OK);
  CHECK(wasRead(p, PAGE, PAGE, SQLITE_OK));
  CHECK_INT(readAt(p, PAGE, PAGE-1), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_READ], 2);
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void without_a_lock_everything_is_the_hosts(void){
  sqlite3_file *p;
  int n;
  start();
  p = openWarm();
  n = hostCalls();
  CHECK(wasRead(p, 0, PAGE, SQLITE_OK));
  CHECK(wasRead(p, 0, 100, SQLITE_OK));
  CHECK_INT(sizeOf(p), SQLITE_OK);
  CHECK_INT(hostCalls(), n+3);
  stubClose(p);
  CHECK(nothingIsLeft());
}

/*
** Writers.
*/
static void the_host_learns_of_a_reader_before_it_writes(void){
  sqlite3_file *p;
  int n;
  start();
  p = openWarm();
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  fast.nLock = 0;
  CHECK_INT(lock(p, SQLITE_LOCK_RESERVED), SQLITE_OK);
  CHECK_INT(fast.nLock, 2);
  CHECK_INT(fast.aLock[0].eLock, SQLITE_LOCK_SHARED);
  CHECK_INT(fast.aLock[0].bEntered, 1);
  CHECK_INT(fast.aLock[0].nReader, 1);            /* itself */
  CHECK_INT(fast.aLock[1].eLock, SQLITE_LOCK_RESERVED);
  CHECK_INT(fast.aLock[1].bEntered, 0);
  CHECK_INT(fast.aLock[1].nReader, 0);
  CHECK_INT(lockState(p), SQLITE_LOCK_RESERVED);
  /* From now on everything is the host's. */
  n = hostCalls();
  CHECK(wasRead(p, 0, PAGE, SQLITE_OK));
  CHECK_INT(check(p), SQLITE_OK);
  CHECK_INT(sizeOf(p), SQLITE_OK);
  CHECK_INT(lock(p, SQLITE_LOCK_EXCLUSIVE), SQLITE_OK);
  CHECK_INT(unlock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(page(p, 1), SQLITE_OK);
  CHECK_INT(sizeOf(p), SQLITE_OK);
  CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  CHECK_INT(hostCalls(), n+8);
  confirm();
  CHECK_INT(transaction(p), 3);                   /* what is checked, too */
  CHECK_INT(transaction(p), 0);
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void a_reader_that_the_host_knows_is_not_announced(void){
  sqlite3_file *p;
  start();
  p = stubOpen();
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(lock(p, SQLITE_LOCK_RESERVED), SQLITE_OK);
  CHECK_INT(fast.nLock, 2);
  CHECK_INT(fast.aLock[0].bEntered, 0);
  CHECK_INT(fast.aLock[1].bEntered, 0);
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void a_reader_that_may_not_write_goes_on(void){
  sqlite3_file *p;
  int nUnlock, nLock;
  start();
  p = openWarm();
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(lock(p, SQLITE_LOCK_RESERVED), SQLITE_OK);
  CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  CHECK_INT(asks(p), 1);
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);        /* without an upcall */
  nLock = host.aCall[S3VFS_UP_LOCK];
  host.aReply[S3VFS_UP_LOCK] = REPLY(SQLITE_BUSY, 0);
  fast.nLock = 8;
  /* Here the upcall that announces the reader answers it. */
  CHECK_INT(lock(p, SQLITE_LOCK_RESERVED), SQLITE_BUSY);
  CHECK_INT(host.aCall[S3VFS_UP_LOCK], nLock+1);
  CHECK_INT(lockState(p), SQLITE_LOCK_SHARED);
  CHECK_INT(s3vfs_volume_stale(fast.volume), 0);
  host.aReply[S3VFS_UP_LOCK] = REPLY_OK;
  CHECK_INT(page(p, 1), SQLITE_OK);
  nUnlock = host.aCall[S3VFS_UP_UNLOCK];
  CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_UNLOCK], nUnlock+1);
  CHECK_INT(asks(p), 1);
  CHECK_INT(asks(p), 0);
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void a_busy_writer_stays_a_reader_that_the_host_knows(void){
  sqlite3_file *p;
  int nUnlock;
  start();
  p = stubOpen();
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  host.aReply[S3VFS_UP_LOCK] = REPLY(SQLITE_BUSY_SNAPSHOT, 0);
  CHECK_INT(lock(p, SQLITE_LOCK_RESERVED), SQLITE_BUSY_SNAPSHOT);
  host.aReply[S3VFS_UP_LOCK] = REPLY_OK;
  CHECK_INT(lockState(p), SQLITE_LOCK_SHARED);
  CHECK_INT(s3vfs_volume_stale(fast.volume), 0);
  nUnlock = host.aCall[S3VFS_UP_UNLOCK];
  CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_UNLOCK], nUnlock+1);
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void an_announcement_that_fails_leaves_the_level_in_doubt(void){
  static const struct { sqlite3_int64 reply; int rc; } a[] = {
    { 0, SQLITE_IOERR_LOCK }, { REPLY(SQLITE_IOERR, 0), SQLITE_IOERR },
    { REPLY(SQLITE_BUSY, 0), SQLITE_BUSY }
  };
  size_t i;
  for(i=0; i<sizeof(a)/sizeof(a[0]); i++){
    sqlite3_file *p;
    int nUnlock, nLock;
    stubReset();
    start();
    p = openWarm();
    CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
    fast.nLock = 8;
    nLock = host.aCall[S3VFS_UP_LOCK];
    host.aReply[S3VFS_UP_LOCK] = a[i].reply;
    CHECK_INT(lock(p, SQLITE_LOCK_RESERVED), a[i].rc);
    CHECK_INT(host.aCall[S3VFS_UP_LOCK], nLock+1);          /* RESERVED was not asked for */
    CHECK_INT(host.aLast[S3VFS_UP_LOCK].b, 1);
    CHECK_INT(s3vfs_volume_stale(fast.volume), 0);
    CHECK_INT(lockState(p), SQLITE_LOCK_SHARED);
    /* A lock is asked for although it seems to be there, and so is the end of it. */
    CHECK_INT(lock(p, SQLITE_LOCK_SHARED), a[i].rc);
    CHECK_INT(host.aLast[S3VFS_UP_LOCK].b, 0);
    host.aReply[S3VFS_UP_LOCK] = REPLY_OK;
    nUnlock = host.aCall[S3VFS_UP_UNLOCK];
    CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
    CHECK_INT(host.aCall[S3VFS_UP_UNLOCK], nUnlock+1);
    CHECK_INT(asks(p), 1);
    CHECK_INT(asks(p), 0);
    CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
    CHECK_INT(s3vfs_volume_stale(fast.volume), 1);
    stubClose(p);
    CHECK(nothingIsLeft());
  }
}

/*
** Failures.
*/
static void after_a_broken_lock_or_unlock_the_host_is_asked(void){
  sqlite3_file *p;
  int i;
  start();
  p = openWarm();
  for(i=0; i<2; i++){
    s3vfs_volume_stale(fast.volume);
    host.aReply[S3VFS_UP_LOCK] = i ? REPLY_OK : 0;
    host.aReply[S3VFS_UP_UNLOCK] = i ? 0 : REPLY_OK;
    if( i ){
      CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
      CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_IOERR_UNLOCK);
    }else{
      CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_IOERR_LOCK);
    }
    host.aReply[S3VFS_UP_LOCK] = host.aReply[S3VFS_UP_UNLOCK] = REPLY_OK;
    confirm();
    CHECK_INT(asks(p), 1);
    CHECK_INT(asks(p), 0);
  }
  stubClose(p);
  CHECK(nothingIsLeft());
}

/* The host may have stored it before it failed. */
static void a_view_that_comes_with_a_refusal_does_not_count(void){
  static const sqlite3_int64 aReply[] = { 0, REPLY(SQLITE_IOERR, 0), REPLY(SQLITE_BUSY, 0) };
  sqlite3_file *p;
  size_t i;
  start();
  p = stubOpen();
  for(i=0; i<3; i++){
    host.aReply[S3VFS_UP_LOCK] = aReply[i];
    CHECK(lock(p, SQLITE_LOCK_SHARED)!=SQLITE_OK);
    host.aReply[S3VFS_UP_LOCK] = REPLY_OK;
    CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
    CHECK_INT(asks(p), 1);
    CHECK_INT(asks(p), 0);
    s3vfs_volume_stale(fast.volume);
  }
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void unbinding_fails_closed(void){
  int bRebind;
  for(bRebind=0; bRebind<2; bRebind++){
    sqlite3_file *p, *pEntered;
    int n;
    stubReset();
    start();
    p = openWarm();
    pEntered = openWarm();
    CHECK_INT(lock(pEntered, SQLITE_LOCK_SHARED), SQLITE_OK);
    CHECK_INT(s3vfs_unbind(), SQLITE_OK);
    if( bRebind ){
      hostBind();
      hook();
    }
    n = hostCalls();
    CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_IOERR_LOCK);
    CHECK_INT(check(pEntered), SQLITE_IOERR_READ);
    CHECK_INT(page(pEntered, 1), SQLITE_IOERR_READ);
    CHECK_INT(sizeOf(pEntered), SQLITE_IOERR_FSTAT);
    CHECK(!noJournal(stubJournalName));
    CHECK_INT(unlock(pEntered, SQLITE_LOCK_NONE), SQLITE_IOERR_UNLOCK);
    CHECK_INT(s3vfs_volume_stale(fast.volume), 0);
    confirm();
    CHECK_INT(lock(pEntered, SQLITE_LOCK_SHARED), SQLITE_IOERR_LOCK);
    CHECK_INT(hostCalls(), n);
    stubClose(p); stubClose(pEntered);
    CHECK(nothingIsLeft());
  }
}

static void unbinding_while_a_reader_wants_to_write(void){
  sqlite3_file *p;
  start();
  p = openWarm();
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(s3vfs_unbind(), SQLITE_OK);
  CHECK_INT(lock(p, SQLITE_LOCK_RESERVED), SQLITE_IOERR_LOCK);
  CHECK_INT(s3vfs_volume_stale(fast.volume), 0);
  CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_IOERR_UNLOCK);
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void a_file_that_was_not_opened_gives_its_volume_back(void){
  static const sqlite3_int64 aReply[] = { 0, REPLY(SQLITE_CANTOPEN, 0), REPLY(SQLITE_OK, 0) };
  size_t i;
  start();
  for(i=0; i<3; i++){
    int nLive = sq.nLive;
    host.aReply[S3VFS_UP_OPEN] = aReply[i];
    CHECK(stubOpen()==0);
    CHECK_INT(sq.nLive, nLive);
  }
  CHECK(nothingIsLeft());
}

static void a_file_goes_on_without_the_cache(void){
  sqlite3_file *p;
  int i;
  start();
  p = openWarm();
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  s3vfs_cache_free(fast.cache);
  CHECK(wasRead(p, 0, PAGE, SQLITE_OK));
  CHECK_INT(check(p), SQLITE_OK);
  CHECK_INT(unlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  for(i=0; i<2; i++) CHECK_INT(transaction(p), 3);          /* reads; still no locks */
  s3vfs_volume_release(fast.volume);
  CHECK_INT(transaction(p), 3);
  CHECK(sq.nLive>fast.nLiveBefore);
  host.aHook[S3VFS_UP_READ] = 0;
  stubClose(p);
  CHECK_INT(sq.nLive, fast.nLiveBefore);
}

/*
** Journals.
*/
static int asksForJournal(const char *zPath){
  int n = host.aCall[S3VFS_UP_ACCESS];
  if( !noJournal(zPath) ) return -1;
  return host.aCall[S3VFS_UP_ACCESS] - n;
}

static void that_there_is_no_journal_is_known_while_the_view_is(void){
  sqlite3_file *p;
  start();
  CHECK_INT(asksForJournal(stubJournalName), 1);            /* no file is open */
  p = openWarm();
  CHECK_INT(asksForJournal(stubJournalName), 0);
  s3vfs_volume_stale(fast.volume);
  CHECK_INT(asksForJournal(stubJournalName), 1);
  fast.flags = 0;
  confirm();
  CHECK_INT(asksForJournal(stubJournalName), 1);
  fast.flags = S3VFS_NO_JOURNAL;
  confirm();
  CHECK_INT(asksForJournal(stubJournalName), 0);
  commit(2);
  CHECK_INT(asksForJournal(stubJournalName), 1);
  confirm();
  CHECK_INT(asksForJournal(stubJournalName), 0);
  stubClose(p);
  CHECK_INT(asksForJournal(stubJournalName), 1);
  CHECK(nothingIsLeft());
}

static void a_journal_that_is_there_is_found(void){
  sqlite3_file *p;
  int b = 0;
  start();
  fast.flags = 0;
  p = stubOpen();
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  host.aReply[S3VFS_UP_ACCESS] = REPLY(SQLITE_OK, 1);
  CHECK_INT(stubVfs()->xAccess(stubVfs(), stubJournalName, 0, &b), SQLITE_OK);
  CHECK_INT(b, 1);
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void a_database_without_journals_never_has_one(void){
  sqlite3_file *p;
  startWith(0);
  fast.flags = 0;
  p = stubOpen();
  CHECK_INT(asksForJournal(stubJournalName), 0);
  CHECK_INT(s3vfs_volume_stale(fast.volume), 0);
  CHECK_INT(asksForJournal(stubJournalName), 0);
  s3vfs_unbind();
  CHECK(!noJournal(stubJournalName));
  stubClose(p);
  CHECK(nothingIsLeft());
}

static void only_the_journal_of_an_open_database_is_known(void){
  static const char *const az[] = {
    "", "-journal", "journal", "/bucket/a.db", "/bucket/a.db-journal2", "/bucket/a.db-mj-journal",
    "/bucket/a.d-journal", "/bucket/a.dbb-journal", "/bucket/b.db-journal", "/bucket/A.db-journal",
    "a.db-journal", "/bucket/a.db-journal-journal", "/bucket/a.db-Journal", "/bucket/a.dbjournal"
  };
  sqlite3_file *p;
  size_t i;
  start();
  p = openWarm();
  for(i=0; i<sizeof(az)/sizeof(az[0]); i++) CHECK_INT(asksForJournal(az[i]), 1);
  for(i=0; i<500; i++){
    char z[64];
    snprintf(z, sizeof(z), "/bucket/%d.db-journal", (int)i);
    CHECK_INT(asksForJournal(z), 1);
  }
  CHECK_INT(asksForJournal(stubJournalName), 0);
  stubClose(p);
  CHECK(nothingIsLeft());
}

/* So many that some are in the same bucket. */
static void the_journal_of_a_longer_name_is_not_known(void){
  int i;
  start();
  s3vfs_volume_fresh(fast.volume, 1, s3vfs_now(), AHEAD, S3VFS_NO_JOURNAL);
  for(i=0; i<500; i++){
    char zDb[64], z[80];
    sqlite3_file *p = stubNewFile();
    snprintf(zDb, sizeof(zDb), "/bucket/%d.db%c", i, 'a' + i%26);
    snprintf(z, sizeof(z), "/bucket/%d.db-journal", i);
    CHECK_INT(stubVfs()->xOpen(stubVfs(), zDb, p, SQLITE_OPEN_MAIN_DB, 0), SQLITE_OK);
    CHECK_INT(asksForJournal(z), 1);
    snprintf(z, sizeof(z), "%s-journal", zDb);
    CHECK_INT(asksForJournal(z), 0);
    stubClose(p);
  }
  CHECK(nothingIsLeft());
}

static void a_database_stays_known_until_its_last_file_is_closed(void){
  sqlite3_file *a[3];
  int i;
  start();
  for(i=0; i<3; i++) a[i] = openWarm();
  for(i=0; i<3; i++){
    CHECK_INT(asksForJournal(stubJournalName), 0);
    stubClose(a[(i+1)%3]);    /* the middle one first */
  }
  CHECK_INT(asksForJournal(stubJournalName), 1);
  CHECK(nothingIsLeft());
}

static void two_vfses_know_nothing_of_one_another(void){
  sqlite3_vfs *pOther;
  sqlite3_file *p, *pFile;
  sqlite3_int64 volume;
  int b = 99, n;
  CHECK_INT(s3vfs_register("other", 12), SQLITE_OK);
  start();
  pOther = stubApi.vfs_find("other");
  p = openWarm();
  n = host.aCall[S3VFS_UP_ACCESS];
  CHECK_INT(pOther->xAccess(pOther, stubJournalName, 0, &b), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_ACCESS], n+1);
  CHECK_INT(host.aLast[S3VFS_UP_ACCESS].id, 12);
  /* The same path there is another database. */
  volume = fast.volume;
  fast.volume = s3vfs_volume_new(fast.cache, 1);
  s3vfs_volume_view(fast.volume, 1, -1, 0);
  pFile = malloc((size_t)pOther->szOsFile);
  CHECK_INT(pOther->xOpen(pOther, stubDbName, pFile, SQLITE_OPEN_MAIN_DB, 0), SQLITE_OK);
  aFile[10] ^= 1;
  CHECK_INT(lock(pFile, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(page(pFile, 1), SQLITE_OK);
  CHECK_INT(page(pFile, 1), SQLITE_OK);
  aFile[10] ^= 1;
  CHECK_INT(lock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(page(p, 1), SQLITE_OK);
  s3vfs_volume_stale(fast.volume);
  CHECK_INT(asksForJournal(stubJournalName), 0);
  CHECK_INT(pOther->xAccess(pOther, stubJournalName, 0, &b), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_ACCESS], n+2);
  stubClose(pFile); stubClose(p);
  s3vfs_volume_release(fast.volume);
  fast.volume = volume;
  CHECK(nothingIsLeft());
}

const Test fastTests[] = {
  TEST(a_second_read_transaction_makes_no_upcall),
  TEST(what_is_known_has_an_age),
  TEST(a_file_has_an_age_of_its_own),
  TEST(a_transaction_lasts_as_long_as_it_likes),
  TEST(a_new_view_is_asked_for),
  TEST(an_announced_view_is_not_fresh_of_its_own_accord),
  TEST(an_older_view_cannot_become_fresh),
  TEST(stale_takes_everything_back),
  TEST(stale_counts_those_who_were_not_known),
  TEST(closing_ends_a_read_transaction),
  TEST(a_pragma_makes_it_ask),
  TEST(a_host_that_names_no_view_is_asked),
  TEST(a_file_without_a_volume_has_no_view),
  TEST(a_clock_that_goes_back_makes_it_ask),
  TEST(a_clock_that_is_behind_the_confirmation_makes_it_ask),
  TEST(a_clock_that_fails_makes_it_ask),
  TEST(clocks_that_disagree_make_it_ask),
  TEST(what_is_checked_comes_from_the_host_once_for_each_view),
  TEST(a_check_that_failed_is_made_again),
  TEST(a_check_counts_only_in_a_read_transaction),
  TEST(what_the_cache_does_not_have_is_read_by_the_host),
  TEST(a_page_behind_the_end_is_not_read),
  TEST(without_a_lock_everything_is_the_hosts),
  TEST(the_host_learns_of_a_reader_before_it_writes),
  TEST(a_reader_that_the_host_knows_is_not_announced),
  TEST(a_reader_that_may_not_write_goes_on),
  TEST(a_busy_writer_stays_a_reader_that_the_host_knows),
  TEST(an_announcement_that_fails_leaves_the_level_in_doubt),
  TEST(after_a_broken_lock_or_unlock_the_host_is_asked),
  TEST(a_view_that_comes_with_a_refusal_does_not_count),
  TEST(unbinding_fails_closed),
  TEST(unbinding_while_a_reader_wants_to_write),
  TEST(a_file_that_was_not_opened_gives_its_volume_back),
  TEST(a_file_goes_on_without_the_cache),
  TEST(that_there_is_no_journal_is_known_while_the_view_is),
  TEST(a_journal_that_is_there_is_found),
  TEST(a_database_without_journals_never_has_one),
  TEST(only_the_journal_of_an_open_database_is_known),
  TEST(the_journal_of_a_longer_name_is_not_known),
  TEST(a_database_stays_known_until_its_last_file_is_closed),
  TEST(two_vfses_know_nothing_of_one_another),
  TEST_END
};
