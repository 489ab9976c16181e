/*
** The page cache: pages by key and by view, memory, and what is given up.
*/
#include <stdint.h>
#include "check.h"
#include "stub.h"
#include "../page_cache.h"

#define PAGE 512
#define KIB ((sqlite3_int64)1024)
#define MIB (KIB*KIB)

static unsigned char aPage[65536], aGot[65536];

/* What the bytes of a page are, which its key and number say. */
static unsigned char byteOf(sqlite3_int64 key, int pgno, int i){
  return (unsigned char)(key*31 + pgno*7 + i*3 + i/256);
}
static const void *pageOf(sqlite3_int64 key, int pgno, int szPage){
  int i;
  for(i=0; i<szPage; i++) aPage[i] = byteOf(key, pgno, i);
  return aPage;
}
static int isPage(const unsigned char *a, sqlite3_int64 key, int pgno, int iStart, int nByte){
  int i;
  for(i=0; i<nByte; i++) if( a[i]!=byteOf(key, pgno, iStart+i) ) return 0;
  return 1;
}

static void putSized(
  sqlite3_int64 volume, int iView, sqlite3_int64 key, int pgno, int szPage
){
  s3vfs_page_put(volume, iView, key, 0, 0, 0, szPage, 1, &pgno, 0, pageOf(key, pgno, szPage), 0,
                 S3VFS_PUT_READ);
}
static void putAs(int ePut, sqlite3_int64 volume, int pgno){
  s3vfs_page_put(volume, 0, 1, 0, 0, 0, PAGE, 1, &pgno, 0, pageOf(1, pgno, PAGE), 0, ePut);
}
static void put(sqlite3_int64 volume, int iView, sqlite3_int64 key, int pgno){
  putSized(volume, iView, key, pgno, PAGE);
}

/* Return true if a page is there under its key.  Take note that a view has it. */
static int note(sqlite3_int64 volume, int iView, sqlite3_int64 key, int pgno){
  memset(aGot, 0, PAGE);
  if( !s3vfs_page_read(volume, iView, key, 0, 0, 0, 0, 0, pgno, PAGE, 0, 0, aGot, 0, PAGE) ) return 0;
  if( !isPage(aGot, key, pgno, 0, PAGE) ) abort();
  return 1;
}
static int has(sqlite3_int64 volume, sqlite3_int64 key, int pgno){
  return note(volume, 0, key, pgno);
}

/* Return true if a page is there, and do nothing to it. */
static int look(sqlite3_int64 volume, int pgno){
  return s3vfs_page_read(volume, S3VFS_LOOK, 1, 0, 0, 0, 0, 0, pgno, PAGE, 0, 0, aGot, 0, PAGE)
      && isPage(aGot, 1, pgno, 0, PAGE);
}
static int looks(sqlite3_int64 volume, int iFirst, int nPage){
  int i, n = 0;
  for(i=0; i<nPage; i++) n += look(volume, iFirst+i);
  return n;
}

/* The key of the page that a view has, or 0 if that is not known. */
static int seen(sqlite3_int64 volume, unsigned iView, int pgno){
  S3Volume *p = (S3Volume*)(uintptr_t)volume;
  int key;
  memset(aGot, 0xee, PAGE);
  if( !s3VolumeRead(p, iView, (unsigned)pgno, 0, aGot, PAGE) ) return 0;
  for(key=1; key<16; key++) if( isPage(aGot, key, pgno, 0, PAGE) ) return key;
  abort();
}

static void announce(sqlite3_int64 volume, int iView, int pgno){
  s3vfs_volume_view(volume, iView, pgno!=0, &pgno);
}

/* A cache and a volume of it. */
static sqlite3_int64 cache, volume;
static int nLiveBefore;
static void start(sqlite3_int64 nByte){
  nLiveBefore = sq.nLive;
  cache = s3vfs_cache_new(nByte);
  volume = s3vfs_volume_new(cache, 1);
  if( cache==0 || volume==0 ) abort();
}
static int nothingIsLeft(void){
  s3vfs_volume_release(volume);
  s3vfs_cache_free(cache);
  return sq.nLive==nLiveBefore;
}

/*
** Pages and keys.
*/
static void a_page_is_found_by_its_key(void){
  static const int aPgno[] = { 9, 4, 0x7fffffff };
  sqlite3_int64 aKey[5] = { 11, -1, INT64_MIN, INT64_MAX, 0 };
  unsigned char aBuf[7 + 3*PAGE], aOut[32];
  sqlite3_int64 other;
  int i, j;
  start(MIB);
  other = s3vfs_volume_new(cache, 1);
  for(i=0; i<3; i++) memcpy(aBuf + 7 + i*PAGE, pageOf(11, aPgno[i], PAGE), PAGE);
  s3vfs_page_put(volume, 0, aKey[0], aKey[1], aKey[2], aKey[3], PAGE, 3, aPgno, 0, aBuf, 7,
                 S3VFS_PUT_BESIDE);
  for(i=0; i<3; i++){
    memset(aOut, 'x', sizeof(aOut));
    CHECK(s3vfs_page_read(volume, 0, aKey[0], aKey[1], aKey[2], aKey[3], 0, 0, aPgno[i], PAGE,
                          500, 0, aOut, 5, 12));
    CHECK(isPage(aOut+5, 11, aPgno[i], 500, 12));
    CHECK(aOut[4]=='x' && aOut[17]=='x');
    for(j=0; j<4; j++){
      aKey[j] ^= 1;
      CHECK(!s3vfs_page_read(volume, 0, aKey[0], aKey[1], aKey[2], aKey[3], 0, 0, aPgno[i], PAGE,
                             0, 0, aOut, 0, 16));
      aKey[j] ^= 1;
    }
    CHECK(!s3vfs_page_read(other, 0, aKey[0], aKey[1], aKey[2], aKey[3], 0, 0, aPgno[i], PAGE,
                           0, 0, aOut, 0, 16));
    CHECK(!s3vfs_page_read(volume, 0, aKey[0], aKey[1], aKey[2], aKey[3], 0, 0, aPgno[i]-1, PAGE,
                           0, 0, aOut, 0, 16));
  }
  CHECK(aOut[4]=='x' && aOut[5]!='x');
  s3vfs_volume_release(other);
  CHECK(nothingIsLeft());
}

static void a_page_of_another_size_is_a_miss(void){
  start(MIB);
  putSized(volume, 1, 1, 3, 1024);
  aGot[0] = 99;
  CHECK(!s3vfs_page_read(volume, 1, 1, 0, 0, 0, 0, 0, 3, 512, 0, 0, aGot, 0, 512));
  CHECK(!s3vfs_page_read(volume, 1, 1, 0, 0, 0, 0, 0, 3, 2048, 0, 0, aGot, 0, 512));
  CHECK_INT(aGot[0], 99);
  CHECK(s3vfs_page_read(volume, 1, 1, 0, 0, 0, 0, 0, 3, 1024, 1000, 0, aGot, 0, 24));
  CHECK(isPage(aGot, 1, 3, 1000, 24));
  CHECK(nothingIsLeft());
}

static void a_read_by_key_stays_in_the_page(void){
  static const struct { int iStart, nByte; } a[] = {
    { 0, 513 }, { 512, 1 }, { 511, 2 }, { 513, 0 }, { -1, 1 }, { 0, -1 }, { 1, -1 }, { -1, 2 },
    { 0x7fffffff, 0x7fffffff }
  };
  size_t i;
  start(MIB);
  put(volume, 0, 1, 3);
  for(i=0; i<sizeof(a)/sizeof(a[0]); i++){
    aGot[0] = 99;
    CHECK(!s3vfs_page_read(volume, 0, 1, 0, 0, 0, 0, 0, 3, PAGE, a[i].iStart, 0, aGot, 0, a[i].nByte));
    CHECK_INT(aGot[0], 99);
  }
  CHECK(s3vfs_page_read(volume, 0, 1, 0, 0, 0, 0, 0, 3, PAGE, 511, 0, aGot, 0, 1));
  CHECK(nothingIsLeft());
}

static void a_page_is_taken_in_once(void){
  sqlite3_int64 nByte;
  start(64*KIB);
  put(volume, 0, 1, 3);
  nByte = s3vfs_cache_stat(cache, S3VFS_STAT_BYTES);
  put(volume, 0, 1, 3);
  CHECK_INT(s3vfs_cache_stat(cache, S3VFS_STAT_BYTES), nByte);
  CHECK_INT(s3vfs_cache_stat(cache, S3VFS_STAT_PAGES), 1);
  put(volume, 0, 2, 3);
  CHECK(s3vfs_cache_stat(cache, S3VFS_STAT_BYTES)>nByte + PAGE);
  CHECK(has(volume, 1, 3) && has(volume, 2, 3));
  CHECK(nothingIsLeft());
}

static void many_pages_are_found_however_full_the_table_is(void){
  int i;
  start(16*MIB);
  for(i=1; i<=3000; i++) put(volume, 0, i%3, i);
  for(i=1; i<=3000; i++){
    CHECK(has(volume, i%3, i));
    CHECK(!has(volume, (i+1)%3, i));
  }
  CHECK(nothingIsLeft());
}

static void hits_are_reads_without_the_host(void){
  start(MIB);
  put(volume, 1, 1, 3);
  CHECK(has(volume, 1, 3));
  CHECK_INT(s3vfs_cache_stat(cache, S3VFS_STAT_HITS), 0);
  announce(volume, 1, 0);
  CHECK_INT(seen(volume, 1, 3), 1);
  CHECK_INT(seen(volume, 1, 4), 0);
  CHECK_INT(seen(volume, 1, 3), 1);
  CHECK_INT(s3vfs_cache_stat(cache, S3VFS_STAT_HITS), 2);
  CHECK(nothingIsLeft());
}

/*
** Pages that were fetched ahead.
*/
static int isAhead(int nAhead, int nUsed, int nWasted){
  int a[3];
  a[0] = (int)s3vfs_cache_stat(cache, S3VFS_STAT_AHEAD);
  a[1] = (int)s3vfs_cache_stat(cache, S3VFS_STAT_USED);
  a[2] = (int)s3vfs_cache_stat(cache, S3VFS_STAT_WASTED);
  if( a[0]==nAhead && a[1]==nUsed && a[2]==nWasted ) return 1;
  printf("ahead %d, used %d, wasted %d\n", a[0], a[1], a[2]);
  return 0;
}

static void a_page_fetched_ahead_is_used_once(void){
  start(MIB);
  announce(volume, 1, 0);
  putAs(S3VFS_PUT_AHEAD, volume, 1);
  putAs(S3VFS_PUT_AHEAD, volume, 2);
  putAs(S3VFS_PUT_AHEAD, volume, 3);
  putAs(S3VFS_PUT_BESIDE, volume, 4);
  putAs(S3VFS_PUT_READ, volume, 5);
  CHECK(isAhead(3, 0, 0));
  CHECK_INT(s3vfs_cache_stat(cache, S3VFS_STAT_PAGES), 5);
  /* What takes note of a page does not read it. */
  CHECK(s3vfs_page_read(volume, 1, 1, 0, 0, 0, 1, 5, 2, PAGE, 0, 0, aGot, 0, 0));
  CHECK(look(volume, 1) && look(volume, 2));
  CHECK(isAhead(3, 0, 0));
  CHECK_INT(seen(volume, 1, 1), 1);       /* by itself */
  CHECK(isAhead(3, 1, 0));
  CHECK(has(volume, 1, 2));               /* by the host */
  CHECK(isAhead(3, 2, 0));
  CHECK_INT(seen(volume, 1, 2), 1);
  CHECK(has(volume, 1, 1) && has(volume, 1, 4) && has(volume, 1, 5));
  CHECK(isAhead(3, 2, 0));
  /* What is there stays as it is. */
  putAs(S3VFS_PUT_AHEAD, volume, 1);
  putAs(S3VFS_PUT_AHEAD, volume, 3);
  putAs(S3VFS_PUT_AHEAD, volume, 5);
  putAs(S3VFS_PUT_READ, volume, 3);
  CHECK(isAhead(3, 2, 0));
  CHECK(has(volume, 1, 3) && has(volume, 1, 5));
  CHECK(isAhead(3, 3, 0));
  CHECK(nothingIsLeft());
}

static int unknown(int iView, int iFirst){
  int a[4], i, n;
  for(i=0; i<4; i++) a[i] = iFirst + i;
  n = s3vfs_pages_unknown(volume, iView, 4, a);
  for(i=0; i<n; i++) if( a[i]<iFirst || a[i]>=iFirst+4 || (i && a[i]<=a[i-1]) ) abort();
  return n ? n*100 + a[0] : 0;
}

static void pages_are_unknown_until_a_view_has_them(void){
  start(MIB);
  announce(volume, 1, 0);
  putAs(S3VFS_PUT_AHEAD, volume, 1);
  putAs(S3VFS_PUT_AHEAD, volume, 3);
  CHECK_INT(unknown(1, 1), 401);
  CHECK(s3vfs_page_read(volume, 1, 1, 0, 0, 0, 1, 3, 1, PAGE, 0, 0, aGot, 0, 0));
  CHECK_INT(unknown(1, 1), 202);          /* 2 and 4 */
  CHECK_INT(unknown(0, 1), 401);
  CHECK_INT(unknown(2, 1), 401);          /* nobody knows of that view */
  announce(volume, 2, 3);
  CHECK_INT(unknown(2, 1), 302);          /* 3 is another page there */
  CHECK_INT(unknown(1, 1), 202);
  CHECK(isAhead(2, 0, 0));                /* nothing of that is a read */
  CHECK_INT(s3vfs_cache_stat(cache, S3VFS_STAT_HITS), 0);
  s3vfs_cache_free(cache);
  CHECK_INT(unknown(2, 1), 401);
  s3vfs_volume_release(volume);
  CHECK_INT(sq.nLive, nLiveBefore);
}

static void a_look_takes_no_note(void){
  start(MIB);
  announce(volume, 1, 0);
  putAs(S3VFS_PUT_BESIDE, volume, 1);
  CHECK(s3vfs_page_read(volume, S3VFS_LOOK, 1, 0, 0, 0, 1, 1, 1, PAGE, 0, 0, aGot, 0, 9));
  CHECK_INT(seen(volume, 1, 1), 0);
  CHECK(nothingIsLeft());
}

static void what_is_given_up_unread_is_wasted(void){
  int i, nLeft;
  start(64*KIB);
  for(i=1; i<=1000; i++){
    putAs(S3VFS_PUT_AHEAD, volume, i);
    if( i%4==0 ) CHECK(has(volume, 1, i));
  }
  nLeft = looks(volume, 1, 1000);
  CHECK_INT(s3vfs_cache_stat(cache, S3VFS_STAT_PAGES), nLeft);
  CHECK_INT(s3vfs_cache_stat(cache, S3VFS_STAT_AHEAD), 1000);
  CHECK_INT(s3vfs_cache_stat(cache, S3VFS_STAT_USED), 250);
  CHECK(nLeft>80);
  for(i=1; i<=1000; i++) nLeft -= look(volume, i) && i%4==0;
  CHECK(isAhead(1000, 250, 750 - nLeft));
  s3vfs_volume_hold(volume);
  s3CacheHold((S3Cache*)(uintptr_t)cache);
  s3vfs_cache_free(cache);
  CHECK(isAhead(1000, 250, 750));
  putAs(S3VFS_PUT_AHEAD, volume, 1);      /* into a cache that was emptied for good */
  CHECK(isAhead(1001, 250, 751));
  s3CacheRelease((S3Cache*)(uintptr_t)cache);
  s3vfs_volume_release(volume);
  s3vfs_volume_release(volume);
  CHECK_INT(sq.nLive, nLiveBefore);
}

static void what_does_not_fit_is_wasted(void){
  start(0);
  putAs(S3VFS_PUT_AHEAD, volume, 1);
  putAs(S3VFS_PUT_BESIDE, volume, 2);
  CHECK(isAhead(1, 0, 1));
  CHECK_INT(s3vfs_cache_stat(cache, S3VFS_STAT_PAGES), 0);
  CHECK(nothingIsLeft());
}

/*
** What is given up.  A cache of 64 KiB takes about a hundred pages.
*/
static void what_a_scan_has_read_goes_before_what_is_fetched_for_it(void){
  int i;
  start(64*KIB);
  for(i=1; i<=40; i++) putAs(S3VFS_PUT_AHEAD, volume, i);
  for(i=101; i<=180; i++){
    putAs(i%2 ? S3VFS_PUT_AHEAD : S3VFS_PUT_BESIDE, volume, i);
    CHECK(has(volume, 1, i));
  }
  /* Those that were read once go, however old the others are. */
  CHECK_INT(looks(volume, 1, 40), 40);
  CHECK(looks(volume, 101, 80)<80);
  for(i=201; i<=220; i++) putAs(S3VFS_PUT_READ, volume, i);
  CHECK_INT(looks(volume, 1, 40), 40);
  CHECK_INT(looks(volume, 201, 20), 20);
  CHECK(nothingIsLeft());
}

static void a_scan_reads_what_is_fetched_ahead_of_it(void){
  int i;
  start(64*KIB);
  for(i=1; i<=60; i++) putAs(S3VFS_PUT_AHEAD, volume, i);
  for(i=1; i<=2000; i++){
    putAs(S3VFS_PUT_AHEAD, volume, 60+i);
    CHECK(has(volume, 1, i));
  }
  CHECK(isAhead(2060, 2000, 0));
  CHECK(nothingIsLeft());
}

static void what_is_used_again_stays_while_others_are_fetched_ahead(void){
  int i, bAgain;
  for(bAgain=0; bAgain<2; bAgain++){
    start(72*KIB);
    for(i=1; i<=30; i++) putAs(S3VFS_PUT_BESIDE, volume, i);
    for(i=1; i<=30; i++) CHECK(has(volume, 1, i));
    if( bAgain ) for(i=1; i<=30; i++) CHECK(has(volume, 1, i));
    for(i=1; i<=120; i++) putAs(S3VFS_PUT_AHEAD, volume, 1000+i);
    CHECK_INT(looks(volume, 1, 30), bAgain ? 30 : 0);
    /* Even for ever, if nobody comes for these. */
    for(i=121; i<=2000; i++){
      putAs(S3VFS_PUT_AHEAD, volume, 1000+i);
      if( bAgain ) CHECK(has(volume, 1, 1 + i%30));
    }
    CHECK_INT(looks(volume, 1, 30), bAgain ? 30 : 0);
    CHECK_INT(looks(volume, 1001, 2000), s3vfs_cache_stat(cache, S3VFS_STAT_PAGES) - 30*bAgain);
    CHECK(nothingIsLeft());
  }
}

static void where_all_is_used_again_something_is_given_up(void){
  int i, nPage;
  start(64*KIB);
  for(i=1; i<=200; i++){
    put(volume, 0, 1, i);
    CHECK(has(volume, 1, i));
    CHECK(s3vfs_cache_stat(cache, S3VFS_STAT_BYTES)<=64*KIB);
    CHECK(look(volume, i));
  }
  nPage = (int)s3vfs_cache_stat(cache, S3VFS_STAT_PAGES);
  CHECK(nPage>80);
  CHECK_INT(looks(volume, 1, 200), nPage);
  CHECK(nothingIsLeft());
}

/*
** Memory.
*/

/* An empty cache has its tables: one, or up to sixteen of a share of a MiB or more. */
static sqlite3_int64 mostBytes(sqlite3_int64 nByte){
  sqlite3_int64 nTable = 64*(sqlite3_int64)sizeof(void*);
  return nByte>nTable ? nByte : nTable;
}

static void memory_is_bounded(void){
  static const sqlite3_int64 aSize[] = { -1, 0, 1, 600, 1024, 64*1024, 65*1024, 1<<20, 4<<20 };
  size_t i;
  unsigned iRandom = 1;
  for(i=0; i<sizeof(aSize)/sizeof(aSize[0]); i++){
    int j, nStep, nKept = 0;
    start(aSize[i]);
    nStep = aSize[i]>=MIB ? 3000 : 300;
    for(j=0; j<3*nStep; j++){
      /* Small ones, all sizes, small ones: tables grow, and are in the way. */
      int szPage = j/nStep==1 ? 512<<((iRandom>>20)%8) : 512;
      iRandom = iRandom*1103515245u + 12345u;
      putSized(volume, 0, 1, j+1, szPage);
      nKept += s3vfs_page_read(volume, 0, 1, 0, 0, 0, 0, 0, j+1, szPage, 0, 0, aGot, 0, 0);
      CHECK(s3vfs_cache_stat(cache, S3VFS_STAT_BYTES)<=mostBytes(aSize[i]));
    }
    if( aSize[i]>=64*KIB ) CHECK(nKept>=2*nStep);
    if( aSize[i]<1024 ) CHECK_INT(nKept, 0);
    CHECK(nothingIsLeft());
  }
}

static void memory_is_made_use_of(void){
  int i;
  start(4*MIB);
  for(i=1; i<5000; i++) putSized(volume, 0, 1, i, 4096);
  CHECK(s3vfs_cache_stat(cache, S3VFS_STAT_BYTES)>4*MIB - 5*4096);
  CHECK(nothingIsLeft());
}

static void pages_of_one_size_share_memory(void){
  int i, nAlloc;
  start(4*MIB);
  nAlloc = sq.nAlloc;
  for(i=1; i<=240; i++) put(volume, 0, 1, i);
  CHECK(sq.nAlloc - nAlloc<=240/6 + 4);
  for(i=241; i<=20000; i++) put(volume, 0, 1, i);
  nAlloc = sq.nAlloc;
  for(i=20001; i<=22000; i++){
    put(volume, 0, 1, i);
    CHECK(has(volume, 1, i));
  }
  CHECK_INT(sq.nAlloc, nAlloc);           /* that of those that were given up */
  CHECK_INT(looks(volume, 1, 22000), s3vfs_cache_stat(cache, S3VFS_STAT_PAGES));
  CHECK(nothingIsLeft());
}

static void memory_goes_from_pages_of_one_size_to_those_of_another(void){
  static const int aSize[] = { 512, 4096, 65536, 1024 };
  static const int aCount[] = { 9000, 3000, 100, 5000 };
  int i, j, nPage = 0;
  start(4*MIB);
  for(j=0; j<4; j++){
    for(i=1; i<=aCount[j]; i++){
      int pgno = 10000*j + i;
      putSized(volume, 0, 1, pgno, aSize[j]);
      CHECK(s3vfs_page_read(volume, 0, 1, 0, 0, 0, 0, 0, pgno, aSize[j], 0, 0, aGot, 0, aSize[j]));
      if( i%100==0 ) CHECK(isPage(aGot, 1, pgno, 0, aSize[j]));
      CHECK(s3vfs_cache_stat(cache, S3VFS_STAT_BYTES)<=4*MIB);
    }
    nPage = (int)s3vfs_cache_stat(cache, S3VFS_STAT_PAGES);
    CHECK((sqlite3_int64)nPage*aSize[j]>3*MIB);
    for(i=1; i<=aCount[j]; i++){
      nPage -= s3vfs_page_read(volume, 0, 1, 0, 0, 0, 0, 0, 10000*j + i, aSize[j], 0, 0, aGot, 0, 0);
    }
    CHECK_INT(nPage, 0);
  }
  CHECK(nothingIsLeft());
}

static void a_page_that_does_not_fit_displaces_nothing(void){
  start(32*KIB);
  put(volume, 0, 1, 1);
  putSized(volume, 0, 1, 2, 32768);
  CHECK(!s3vfs_page_read(volume, 0, 1, 0, 0, 0, 0, 0, 2, 32768, 0, 0, aGot, 0, 1));
  CHECK(has(volume, 1, 1));
  CHECK(nothingIsLeft());
}

static void what_is_used_stays_while_a_scan_passes(void){
  int i, bTouch;
  for(bTouch=0; bTouch<2; bTouch++){
    int nLeft = 0;
    start(64*KIB);            /* about a hundred pages */
    for(i=1; i<=30; i++) put(volume, 1, 1, i);
    announce(volume, 1, 0);
    for(i=1; i<=2000; i++){
      put(volume, 1, 1, 1000+i);
      if( bTouch ) (void)seen(volume, 1, 1 + i%30);
    }
    for(i=1; i<=30; i++) nLeft += has(volume, 1, i);
    CHECK_INT(nLeft, bTouch ? 30 : 0);
    CHECK(nothingIsLeft());
  }
}

static void what_was_read_by_key_is_used(void){
  int i;
  start(64*KIB);
  for(i=1; i<=30; i++) put(volume, 0, 1, i);
  for(i=1; i<=2000; i++){
    put(volume, 0, 1, 1000+i);
    CHECK(has(volume, 1, 1 + i%30));
  }
  CHECK(nothingIsLeft());
}

static void neighbours_that_are_noted_are_not_used(void){
  int i, nLeft = 0;
  start(64*KIB);
  for(i=1; i<=30; i++) put(volume, 0, 1, i);
  for(i=1; i<=2000; i++){
    put(volume, 0, 1, 1000+i);
    s3vfs_page_read(volume, 1, 1, 0, 0, 0, 1, 30, 1000+i, PAGE, 0, 0, aGot, 0, 1);
  }
  for(i=1; i<=30; i++) nLeft += has(volume, 1, i);
  CHECK_INT(nLeft, 0);
  CHECK(nothingIsLeft());
}

static void without_memory_there_is_no_cache(void){
  static const struct { sqlite3_int64 nByte; int nAlloc; } a[] = {
    { 0, 3 }, { MIB, 3 }, { 4*MIB, 9 }, { 1024*MIB, 33 }
  };
  size_t i;
  for(i=0; i<sizeof(a)/sizeof(a[0]); i++){
    int nLive = sq.nLive, iFail;
    for(iFail=1; iFail<=a[i].nAlloc; iFail++){
      sq.iFail = iFail;
      CHECK_INT(s3vfs_cache_new(a[i].nByte), 0);
      CHECK_INT(sq.iFail, 0);
      CHECK_INT(sq.nLive, nLive);
    }
    sq.iFail = iFail;
    cache = s3vfs_cache_new(a[i].nByte);
    CHECK(cache!=0);
    CHECK_INT(sq.iFail, 1);
    sq.iFail = 0;
    s3vfs_cache_free(cache);
    CHECK_INT(sq.nLive, nLive);
  }
}

static void without_memory_there_is_no_volume(void){
  int iFail;
  start(MIB);
  for(iFail=1; iFail<=2; iFail++){
    int nLive = sq.nLive;
    sq.iFail = iFail;
    CHECK_INT(s3vfs_volume_new(cache, 1), 0);
    CHECK_INT(sq.iFail, 0);
    CHECK_INT(sq.nLive, nLive);
  }
  CHECK(nothingIsLeft());
}

static void without_memory_a_page_is_not_taken_in(void){
  int nLive;
  start(MIB);
  nLive = sq.nLive;
  sq.iFail = 1;
  put(volume, 1, 1, 1);
  CHECK_INT(sq.iFail, 0);
  CHECK(!has(volume, 1, 1));
  CHECK_INT(sq.nLive, nLive);
  CHECK(nothingIsLeft());
}

static void without_memory_the_table_stays_as_it_is(void){
  int i, nFailed = 0;
  start(1*MIB);
  for(i=1; i<=1000; i++){
    sq.iFail = 1;             /* of the page's memory as long as the table is not full */
    put(volume, 0, 1, i);
    nFailed += sq.iFail==0;
    sq.iFail = 0;
    if( i<=64 ) put(volume, 0, 1, i);
    CHECK(has(volume, 1, i));
  }
  CHECK(nFailed>800);
  for(i=1; i<=1000; i++) CHECK(has(volume, 1, i));
  CHECK(nothingIsLeft());
}

static void a_freed_cache_is_empty_for_its_volumes(void){
  start(4*MIB);
  put(volume, 1, 1, 1);
  announce(volume, 1, 0);
  CHECK_INT(seen(volume, 1, 1), 1);
  s3vfs_cache_free(cache);
  CHECK_INT(seen(volume, 1, 1), 0);
  CHECK(!has(volume, 1, 1));
  put(volume, 1, 1, 1);
  CHECK(!has(volume, 1, 1));
  announce(volume, 2, 1);
  s3vfs_volume_hold(volume);
  s3vfs_volume_release(volume);
  CHECK(!has(volume, 1, 1));
  CHECK(sq.nLive>nLiveBefore);
  s3vfs_volume_release(volume);
  CHECK_INT(sq.nLive, nLiveBefore);
}

/*
** Views.
*/
static void a_view_has_what_was_noted_and_what_did_not_change(void){
  start(MIB);
  announce(volume, 1, 0);
  put(volume, 1, 1, 3);
  put(volume, 1, 1, 4);
  announce(volume, 2, 3);
  CHECK_INT(seen(volume, 1, 3), 1);
  CHECK_INT(seen(volume, 2, 3), 0);
  CHECK_INT(seen(volume, 1, 4), 1);
  CHECK_INT(seen(volume, 2, 4), 1);
  put(volume, 2, 2, 3);
  CHECK_INT(seen(volume, 1, 3), 1);
  CHECK_INT(seen(volume, 2, 3), 2);
  announce(volume, 3, 4);
  CHECK_INT(seen(volume, 3, 3), 2);
  CHECK_INT(seen(volume, 3, 4), 0);
  CHECK(nothingIsLeft());
}

static void a_page_that_changes_late_is_in_all_views_before(void){
  unsigned i;
  start(MIB);
  announce(volume, 1, 0);
  put(volume, 1, 1, 3);
  for(i=2; i<=5; i++) announce(volume, (int)i, 8);
  announce(volume, 9, 3);     /* numbers may be left out */
  for(i=1; i<=5; i++) CHECK_INT(seen(volume, i, 3), 1);
  CHECK_INT(seen(volume, 9, 3), 0);
  CHECK_INT(seen(volume, 0, 3), 0);
  CHECK(nothingIsLeft());
}

static void views_between_two_that_have_a_page_have_it(void){
  unsigned i;
  start(MIB);
  announce(volume, 9, 0);
  put(volume, 7, 1, 3);
  CHECK(note(volume, 3, 1, 3));
  for(i=1; i<=9; i++) CHECK_INT(seen(volume, i, 3), i>=3 && i<=7);
  CHECK(nothingIsLeft());
}

static void what_an_old_view_has_is_not_carried_over(void){
  start(MIB);
  announce(volume, 1, 0);
  announce(volume, 2, 3);
  put(volume, 1, 1, 3);
  put(volume, 1, 1, 4);       /* has not changed, but that is not known here */
  CHECK_INT(seen(volume, 2, 3), 0);
  CHECK_INT(seen(volume, 2, 4), 0);
  CHECK(note(volume, 2, 1, 4));
  announce(volume, 3, 3);
  CHECK_INT(seen(volume, 3, 4), 1);
  CHECK_INT(seen(volume, 1, 3), 1);
  CHECK(nothingIsLeft());
}

static void after_an_unknown_change_only_what_was_noted_is_there(void){
  start(MIB);
  announce(volume, 1, 0);
  put(volume, 1, 1, 3);
  put(volume, 1, 1, 4);
  announce(volume, 2, 0);
  CHECK_INT(seen(volume, 2, 3), 1);
  s3vfs_volume_view(volume, 3, -1, 0);
  CHECK_INT(seen(volume, 1, 3), 1);
  CHECK_INT(seen(volume, 2, 3), 1);
  CHECK_INT(seen(volume, 3, 3), 0);
  CHECK_INT(seen(volume, 1, 4), 1);
  CHECK_INT(seen(volume, 3, 4), 0);
  /* Known changes later do not make it known. */
  announce(volume, 4, 8);
  CHECK_INT(seen(volume, 4, 3), 0);
  announce(volume, 5, 3);
  CHECK_INT(seen(volume, 2, 3), 1);
  CHECK_INT(seen(volume, 3, 3), 0);
  CHECK_INT(seen(volume, 4, 3), 0);
  CHECK(nothingIsLeft());
}

static void after_an_unknown_change_a_page_can_be_the_same(void){
  unsigned i;
  start(MIB);
  announce(volume, 1, 0);
  put(volume, 1, 1, 3);
  s3vfs_volume_view(volume, 2, -1, 0);
  announce(volume, 3, 8);
  CHECK(note(volume, 3, 1, 3));
  announce(volume, 4, 8);
  for(i=1; i<=4; i++) CHECK_INT(seen(volume, i, 3), 1);
  announce(volume, 5, 3);
  CHECK_INT(seen(volume, 5, 3), 0);
  CHECK(nothingIsLeft());
}

static void a_page_noted_at_the_floor_is_open_if_nothing_else_changed(void){
  start(MIB);
  announce(volume, 1, 0);
  put(volume, 1, 1, 3);
  put(volume, 1, 1, 4);
  s3vfs_volume_view(volume, 2, -1, 0);
  announce(volume, 3, 4);
  CHECK(note(volume, 2, 1, 3));
  CHECK(note(volume, 2, 1, 4));
  CHECK_INT(seen(volume, 3, 3), 1);
  CHECK_INT(seen(volume, 3, 4), 0);
  CHECK(nothingIsLeft());
}

static void nobody_is_answered_for_a_view_that_was_not_announced(void){
  start(MIB);
  announce(volume, 1, 0);
  put(volume, 2, 1, 3);
  CHECK_INT(seen(volume, 1, 3), 0);
  CHECK_INT(seen(volume, 2, 3), 0);
  announce(volume, 2, 3);     /* of which that page is the result */
  CHECK_INT(seen(volume, 1, 3), 0);
  CHECK_INT(seen(volume, 2, 3), 1);
  CHECK(nothingIsLeft());
}

static void a_page_named_as_changed_may_be_the_same(void){
  start(MIB);
  announce(volume, 1, 0);
  put(volume, 1, 1, 3);
  announce(volume, 2, 3);
  CHECK(note(volume, 2, 1, 3));
  announce(volume, 3, 8);
  CHECK_INT(seen(volume, 1, 3), 1);
  CHECK_INT(seen(volume, 2, 3), 1);
  CHECK_INT(seen(volume, 3, 3), 1);
  CHECK(nothingIsLeft());
}

static void many_pages_change_at_once(void){
  static const int aChanged[] = { 1, 3, 5, 7, 1000 };
  int i;
  start(MIB);
  announce(volume, 1, 0);
  for(i=1; i<=8; i++) put(volume, 1, 1, i);
  s3vfs_volume_view(volume, 2, 5, aChanged);
  for(i=1; i<=8; i++){
    CHECK_INT(seen(volume, 1, i), 1);
    CHECK_INT(seen(volume, 2, i), i%2==0);
  }
  CHECK(nothingIsLeft());
}

static void neighbours_of_the_same_key_are_noted(void){
  int i;
  start(MIB);
  announce(volume, 1, 0);
  for(i=2; i<=9; i++) put(volume, 0, i==6 ? 2 : 1, i);
  for(i=2; i<=9; i++) CHECK_INT(seen(volume, 1, i), 0);
  CHECK(s3vfs_page_read(volume, 1, 1, 0, 0, 0, 3, 5, 4, PAGE, 0, 0, aGot, 0, 1));
  for(i=2; i<=9; i++) CHECK_INT(seen(volume, 1, i), i>=3 && i<=7 && i!=6);
  /* For no view there is nothing to note, and of what is not there no neighbours. */
  CHECK(s3vfs_page_read(volume, 0, 1, 0, 0, 0, 8, 2, 4, PAGE, 0, 0, aGot, 0, 1));
  CHECK(!s3vfs_page_read(volume, 1, 1, 0, 0, 0, 8, 2, 40, PAGE, 0, 0, aGot, 0, 1));
  CHECK_INT(seen(volume, 1, 8), 0);
  CHECK(nothingIsLeft());
}

static void volumes_have_views_of_their_own(void){
  sqlite3_int64 other;
  start(MIB);
  other = s3vfs_volume_new(cache, 1);
  announce(volume, 1, 0);
  announce(other, 1, 0);
  put(volume, 1, 1, 3);
  put(other, 1, 2, 3);
  announce(volume, 2, 3);
  CHECK_INT(seen(volume, 1, 3), 1);
  CHECK_INT(seen(volume, 2, 3), 0);
  CHECK_INT(seen(other, 1, 3), 2);
  announce(other, 2, 8);
  CHECK_INT(seen(other, 2, 3), 2);
  s3vfs_volume_release(other);
  CHECK(nothingIsLeft());
}

/* So many that their pages meet in the hash table. */
static void pages_of_many_volumes_do_not_mix(void){
  sqlite3_int64 a[300];
  int i;
  start(MIB);
  for(i=0; i<300; i++){
    a[i] = s3vfs_volume_new(cache, 1);
    announce(a[i], 1, 0);
    if( i%3 ) put(a[i], 1, 1 + i%3, 5);
  }
  for(i=0; i<300; i++){
    CHECK_INT(seen(a[i], 1, 5), i%3 ? 1 + i%3 : 0);
    CHECK_INT(has(a[i], 2, 5), i%3==1);
    CHECK_INT(has(a[i], 3, 5), i%3==2);
    if( i%2 ) announce(a[i], 2, 5);
  }
  for(i=0; i<300; i++){
    CHECK_INT(seen(a[i], 1, 5), i%3 ? 1 + i%3 : 0);
    CHECK_INT(seen(a[i], 2, 5), 0);
    if( i%2==0 ) announce(a[i], 2, 7);
    CHECK_INT(seen(a[i], 2, 5), i%2==0 && i%3 ? 1 + i%3 : 0);
  }
  for(i=0; i<300; i++) s3vfs_volume_release(a[i]);
  CHECK(nothingIsLeft());
}

/* What others do between the steps of an announcement: here that is done by hand. */
static S3Views views;
static int at(unsigned iView, unsigned pgno){
  int key;
  if( !s3CacheRead((S3Cache*)(uintptr_t)cache, &views, iView, pgno, 0, aGot, PAGE) ) return 0;
  for(key=1; key<16; key++) if( isPage(aGot, key, (int)pgno, 0, PAGE) ) return key;
  abort();
}
static void putAt(unsigned iView, sqlite3_int64 key, unsigned pgno){
  const S3Key k = {{ key, 0, 0, 0 }};
  s3CachePut((S3Cache*)(uintptr_t)cache, &views, iView, &k, pgno, pageOf(key, (int)pgno, PAGE), PAGE,
             S3VFS_PUT_BESIDE);
}

static void an_announcement_has_three_steps(void){
  S3Cache *p;
  start(MIB);
  p = (S3Cache*)(uintptr_t)cache;
  views.iVolume = s3CacheVolume(p);
  views.iCurrent = views.iReady = 1;
  views.iFloor = 0;
  putAt(1, 1, 3);             /* will have changed */
  putAt(1, 1, 4);
  putAt(1, 1, 6);
  views.iCurrent = 2;
  putAt(1, 1, 5);             /* by a reader of the old view */
  putAt(2, 2, 3);             /* by those of the new one */
  putAt(2, 2, 6);
  putAt(2, 1, 4);
  CHECK_INT(at(1, 3), 1);
  CHECK_INT(at(2, 3), 0);     /* nobody is answered yet */
  CHECK_INT(at(2, 4), 0);
  s3CacheChanged(p, &views, 2, 3);
  putAt(1, 1, 3);             /* comes late, and changes nothing */
  s3CacheChanged(p, &views, 2, 6);
  CHECK_INT(at(2, 3), 0);
  views.iReady = 2;
  CHECK_INT(at(1, 3), 1);
  CHECK_INT(at(2, 3), 2);
  CHECK_INT(at(2, 4), 1);
  CHECK_INT(at(1, 5), 1);
  CHECK_INT(at(2, 5), 0);
  CHECK_INT(at(1, 6), 1);
  CHECK_INT(at(2, 6), 2);
  /* What came with the new view goes on. */
  views.iCurrent = views.iReady = 3;
  CHECK_INT(at(3, 3), 2);
  CHECK_INT(at(3, 4), 1);
  CHECK_INT(at(3, 5), 0);
  CHECK_INT(at(3, 6), 2);
  CHECK(nothingIsLeft());
}

static void a_read_in_a_view_stays_in_the_page(void){
  S3Volume *p;
  start(MIB);
  p = (S3Volume*)(uintptr_t)volume;
  announce(volume, 1, 0);
  put(volume, 1, 1, 3);
  CHECK(s3VolumeRead(p, 1, 3, PAGE-16, aGot, 16));
  CHECK(!s3VolumeRead(p, 1, 3, PAGE-16, aGot, 17));
  CHECK(!s3VolumeRead(p, 1, 3, PAGE, aGot, 1));
  CHECK(nothingIsLeft());
}

const Test cacheTests[] = {
  TEST(a_page_is_found_by_its_key),
  TEST(a_page_of_another_size_is_a_miss),
  TEST(a_read_by_key_stays_in_the_page),
  TEST(a_page_is_taken_in_once),
  TEST(many_pages_are_found_however_full_the_table_is),
  TEST(hits_are_reads_without_the_host),
  TEST(a_page_fetched_ahead_is_used_once),
  TEST(pages_are_unknown_until_a_view_has_them),
  TEST(a_look_takes_no_note),
  TEST(what_is_given_up_unread_is_wasted),
  TEST(what_does_not_fit_is_wasted),
  TEST(what_a_scan_has_read_goes_before_what_is_fetched_for_it),
  TEST(a_scan_reads_what_is_fetched_ahead_of_it),
  TEST(what_is_used_again_stays_while_others_are_fetched_ahead),
  TEST(where_all_is_used_again_something_is_given_up),
  TEST(memory_is_bounded),
  TEST(memory_is_made_use_of),
  TEST(pages_of_one_size_share_memory),
  TEST(memory_goes_from_pages_of_one_size_to_those_of_another),
  TEST(a_page_that_does_not_fit_displaces_nothing),
  TEST(what_is_used_stays_while_a_scan_passes),
  TEST(what_was_read_by_key_is_used),
  TEST(neighbours_that_are_noted_are_not_used),
  TEST(without_memory_there_is_no_cache),
  TEST(without_memory_there_is_no_volume),
  TEST(without_memory_a_page_is_not_taken_in),
  TEST(without_memory_the_table_stays_as_it_is),
  TEST(a_freed_cache_is_empty_for_its_volumes),
  TEST(a_view_has_what_was_noted_and_what_did_not_change),
  TEST(a_page_that_changes_late_is_in_all_views_before),
  TEST(views_between_two_that_have_a_page_have_it),
  TEST(what_an_old_view_has_is_not_carried_over),
  TEST(after_an_unknown_change_only_what_was_noted_is_there),
  TEST(after_an_unknown_change_a_page_can_be_the_same),
  TEST(a_page_noted_at_the_floor_is_open_if_nothing_else_changed),
  TEST(nobody_is_answered_for_a_view_that_was_not_announced),
  TEST(a_page_named_as_changed_may_be_the_same),
  TEST(many_pages_change_at_once),
  TEST(neighbours_of_the_same_key_are_noted),
  TEST(volumes_have_views_of_their_own),
  TEST(pages_of_many_volumes_do_not_mix),
  TEST(an_announcement_has_three_steps),
  TEST(a_read_in_a_view_stays_in_the_page),
  TEST_END
};
