/*
** See host_store.h.  Single-threaded.
*/
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host_store.h"

#define REPLY(RC, VALUE) ((sqlite3_int64)(((sqlite3_uint64)(uint32_t)(VALUE)<<32) \
                          | ((sqlite3_uint64)S3VFS_REPLY_TAG<<16) | (sqlite3_uint64)(RC)))
#define STR(I) ((const char*)(uintptr_t)(I))
#define MEM(I) ((char*)(uintptr_t)(I))
#define MX_FILE 16
#define MX_HANDLE 64
#define MX_PAGE 4096            /* Of a database that has a volume */

struct Store store;
struct StoreCache storeCache;

static struct File {
  char zName[64];             /* Empty: this slot is free */
  char *a;
  sqlite3_int64 n;

  /* For a database, if there is a cache. */
  sqlite3_int64 volume;
  int iView;                  /* 0: none was announced yet */
  int szPage;                 /* Its size of a page */
  int bDirty;                 /* Something was written since */
  int aVersion[MX_PAGE+1];    /* In which view a page has last changed, by its number */
  char aDirty[MX_PAGE+1];     /* These were written since */
} aFile[MX_FILE];

static struct Handle {
  struct File *pFile;         /* NULL: this slot is free */
  int eLock;
  int iView;                  /* The view that it reads */
} aHandle[MX_HANDLE];

static struct File *find(const char *zName, int bCreate){
  int i;
  for(i=0; i<MX_FILE; i++){
    if( aFile[i].zName[0] && strcmp(aFile[i].zName, zName)==0 ) return &aFile[i];
  }
  for(i=0; bCreate && i<MX_FILE; i++){
    if( aFile[i].zName[0]==0 ){
      snprintf(aFile[i].zName, sizeof(aFile[i].zName), "%s", zName);
      return &aFile[i];
    }
  }
  return 0;
}

static void drop(struct File *p){
  if( p->volume ) storeCache.volumeRelease(p->volume);
  free(p->a);
  memset(p, 0, sizeof(*p));
}

static void resize(struct File *p, sqlite3_int64 n){
  p->a = realloc(p->a, (size_t)n + 1);
  if( n>p->n ) memset(p->a + p->n, 0, (size_t)(n - p->n));
  p->n = n;
}

int storeFiles(void){
  int i, n = 0;
  for(i=0; i<MX_FILE; i++) n += aFile[i].zName[0]!=0;
  return n;
}
sqlite3_int64 storeSize(const char *zName){
  struct File *p = find(zName, 0);
  return p ? p->n : -1;
}
void storeCloseAll(void){
  memset(aHandle, 0, sizeof(aHandle));
  store.nOpen = 0;
}
void storeClear(void){
  int i;
  for(i=0; i<MX_FILE; i++) drop(&aFile[i]);
}

/*
** Views of a database.
*/

/* The size of a page, or 0 if the file has none. */
static int pageSize(const struct File *p){
  int sz = p->n<512 ? 0 : (unsigned char)p->a[16]*256 + (unsigned char)p->a[17];
  return sz==1 ? 65536 : sz;
}

/* Some bytes are being changed. */
static void touch(struct File *p, sqlite3_int64 iFrom, sqlite3_int64 iTo){
  int szPage = p->szPage ? p->szPage : 512;
  p->bDirty = 1;
  for(; p->volume && iFrom<iTo; iFrom+=szPage){
    if( iFrom/szPage>=MX_PAGE ) abort();
    p->aDirty[iFrom/szPage + 1] = 1;
  }
  if( p->volume && iTo>0 ) p->aDirty[(iTo-1)/szPage + 1] = 1;
}

/* Announce what was written. */
static void publish(struct File *p){
  int aPage[MX_PAGE], nPage = 0, i;
  int bKnown = p->iView>0 && pageSize(p)==p->szPage;
  if( !p->volume || !p->bDirty ) return;
  p->iView++;
  p->szPage = pageSize(p);
  for(i=1; i<=MX_PAGE; i++){
    if( !bKnown || p->aDirty[i] ) p->aVersion[i] = p->iView;
    if( p->aDirty[i] ) aPage[nPage++] = i;
  }
  memset(p->aDirty, 0, sizeof(p->aDirty));
  p->bDirty = 0;
  store.nView++;
  storeCache.volumeView(p->volume, p->iView, bKnown ? nPage : -1, aPage);
}

/* SHARED was granted: say which view is read, and that it is what there is. */
static void nameView(struct Handle *pHandle, sqlite3_int64 *aView){
  struct File *p = pHandle->pFile;
  sqlite3_vfs *pTime = sqlite3_vfs_find(0);
  sqlite3_int64 iNow, iTime = 0;
  char zJournal[80];
  if( !p->volume ) return;
  publish(p);
  pHandle->iView = p->iView;
  if( p->szPage==0 ) return;
  aView[0] = p->iView;
  aView[1] = p->n;
  while( (1<<aView[2])<p->szPage ) aView[2]++;
  iNow = storeCache.now();
  pTime->xCurrentTimeInt64(pTime, &iTime);
  snprintf(zJournal, sizeof(zJournal), "%s-journal", p->zName);
  storeCache.volumeFresh(p->volume, p->iView, iNow,
                         (iTime - (sqlite3_int64)210866760000000)*1000000 - iNow,
                         find(zJournal, 0) ? 0 : S3VFS_NO_JOURNAL);
}

/* Read from a page through the cache.  Return true if that is possible. */
static int readCached(struct Handle *pHandle, char *aBuf, sqlite3_int64 iOfst, int n){
  struct File *p = pHandle->pFile;
  int pgno, iStart;
  if( !p->volume || p->szPage==0 || p->bDirty || pHandle->iView!=p->iView ) return 0;
  pgno = (int)(iOfst/p->szPage) + 1;
  iStart = (int)(iOfst%p->szPage);
  if( iStart+n>p->szPage || (sqlite3_int64)pgno*p->szPage>p->n || pgno>MX_PAGE ) return 0;
  if( storeCache.pageRead(p->volume, p->iView, p->aVersion[pgno], 0, 0, 0, 0, 0, pgno, p->szPage,
                          iStart, 0, aBuf, 0, n) ){
    return 1;
  }
  storeCache.pagePut(p->volume, p->iView, p->aVersion[pgno], 0, 0, 0, p->szPage, 1, &pgno, 0,
                     p->a, (pgno-1)*p->szPage, S3VFS_PUT_READ);
  return 0;
}

/*
** The upcalls.  handle is an index of aHandle plus one.
*/
#define UPCALL(NAME) static sqlite3_int64 up##NAME( \
    int id, sqlite3_int64 a, sqlite3_int64 b, sqlite3_int64 c, int n)
#define START \
    (void)id; (void)a; (void)b; (void)c; (void)n; \
    store.nUpcall++; \
    if( store.bThrow ) return 0
#define FILE_OF(ID) (aHandle[(ID)-1].pFile)

UPCALL(OPEN){
  const char *z = STR(b);
  int i, nOut = 0;
  struct File *p;
  START;
  if( n & SQLITE_OPEN_SUPER_JOURNAL ){
    store.nSuper++;
    return REPLY(SQLITE_CANTOPEN, 0);
  }
  store.zParams[0] = 0;
  while( *z ){
    const char *zValue = z + strlen(z) + 1;
    nOut += snprintf(store.zParams + nOut, sizeof(store.zParams) - (size_t)nOut, "%s=%s;", z, zValue);
    z = zValue + strlen(zValue) + 1;
  }
  p = find(STR(a), (n & SQLITE_OPEN_CREATE)!=0);
  if( p==0 ) return REPLY(SQLITE_CANTOPEN, 0);
  for(i=0; aHandle[i].pFile; i++){
    if( i==MX_HANDLE-1 ) return REPLY(SQLITE_CANTOPEN, 0);
  }
  aHandle[i].pFile = p;
  aHandle[i].eLock = SQLITE_LOCK_NONE;
  aHandle[i].iView = 0;
  if( storeCache.cache && (n & SQLITE_OPEN_MAIN_DB)!=0 ){
    sqlite3_int64 *aOut = (sqlite3_int64*)(uintptr_t)c;
    const char *zStale = strstr(store.zParams, "stale=");
    if( p->volume==0 ){
      p->volume = storeCache.volumeNew(storeCache.cache, 1);
      p->bDirty = 1;
    }
    storeCache.volumeHold(p->volume);
    aOut[0] = p->volume;
    aOut[1] = zStale ? strtoll(zStale+6, 0, 10) : 0;
  }
  store.nOpen++;
  return REPLY(SQLITE_OK, i+1);
}
UPCALL(CLOSE){
  START;
  aHandle[id-1].pFile = 0;
  aHandle[id-1].eLock = 0;
  store.nOpen--;
  return REPLY(SQLITE_OK, 0);
}
UPCALL(READ){
  struct File *p = FILE_OF(id);
  START;
  store.nRead++;
  if( readCached(&aHandle[id-1], MEM(a), b, n) ) return REPLY(SQLITE_OK, n);
  if( b>=p->n ) n = 0;
  else if( b+n>p->n ) n = (int)(p->n - b);
  if( n>0 ) memcpy(MEM(a), p->a + b, (size_t)n);
  if( n==0 ) store.nShortRead++;
  return REPLY(SQLITE_OK, n);
}
UPCALL(WRITE){
  struct File *p = FILE_OF(id);
  START;
  touch(p, b<p->n ? b : p->n, b+n);
  if( b+n>p->n ) resize(p, b+n);
  memcpy(p->a + b, STR(a), (size_t)n);
  return REPLY(SQLITE_OK, 0);
}
UPCALL(TRUNCATE){
  struct File *p = FILE_OF(id);
  START;
  touch(p, a<p->n ? a : p->n, a<p->n ? p->n : a);
  resize(p, a);
  return REPLY(SQLITE_OK, 0);
}
UPCALL(SYNC){
  START;
  return REPLY(SQLITE_OK, 0);
}
UPCALL(SIZE){
  START;
  *(sqlite3_int64*)(uintptr_t)a = FILE_OF(id)->n;
  return REPLY(SQLITE_OK, 0);
}
/* The highest level that another handle of the same file holds. */
static int othersLock(int id){
  int i, e = SQLITE_LOCK_NONE;
  for(i=0; i<MX_HANDLE; i++){
    if( i!=id-1 && aHandle[i].pFile==FILE_OF(id) && aHandle[i].eLock>e ) e = aHandle[i].eLock;
  }
  return e;
}
UPCALL(LOCK){
  int e = othersLock(id);
  struct Handle *p = &aHandle[id-1];
  START;
  if( b ){
    store.nEntered++;
    p->eLock = n;
    return REPLY(SQLITE_OK, 0);
  }
  if( (n==SQLITE_LOCK_SHARED && e>=SQLITE_LOCK_PENDING)
   || (n==SQLITE_LOCK_RESERVED && e>=SQLITE_LOCK_RESERVED)
   || (n==SQLITE_LOCK_EXCLUSIVE && e>=SQLITE_LOCK_SHARED)
   || (n==SQLITE_LOCK_EXCLUSIVE && p->pFile->volume && storeCache.volumeStale(p->pFile->volume)>0)
  ){
    return REPLY(SQLITE_BUSY, 0);
  }
  p->eLock = n;
  if( n==SQLITE_LOCK_SHARED ) nameView(p, (sqlite3_int64*)(uintptr_t)a);
  return REPLY(SQLITE_OK, 0);
}
UPCALL(UNLOCK){
  START;
  if( aHandle[id-1].eLock==SQLITE_LOCK_EXCLUSIVE ) publish(FILE_OF(id));
  aHandle[id-1].eLock = n;
  return REPLY(SQLITE_OK, 0);
}
UPCALL(RESERVED){
  START;
  return REPLY(SQLITE_OK, othersLock(id)>=SQLITE_LOCK_RESERVED);
}
UPCALL(CONTROL){
  int rc = SQLITE_OK;
  START;
  if( n==S3VFS_CONTROL_SYNC ){
    store.nSync++;
    rc = store.rcSync;
    store.rcSync = SQLITE_OK;
  }else{
    store.nCommitted++;
  }
  return REPLY(rc, 0);
}
UPCALL(PRAGMA){
  START;
  if( strcmp(STR(a), "store_echo")==0 ){
    snprintf(MEM(c), (size_t)n, "echo %s", b ? STR(b) : "nothing");
    return REPLY(SQLITE_OK, 0);
  }
  if( strcmp(STR(a), "store_fail")==0 ){
    snprintf(MEM(c), (size_t)n, "the store says no");
    return REPLY(SQLITE_ERROR, 0);
  }
  return REPLY(SQLITE_NOTFOUND, 0);
}
UPCALL(DELETE){
  struct File *p = find(STR(a), 0);
  START;
  if( p==0 ) return REPLY(SQLITE_IOERR_DELETE_NOENT, 0);
  drop(p);
  return REPLY(SQLITE_OK, 0);
}
UPCALL(ACCESS){
  START;
  return REPLY(SQLITE_OK, find(STR(a), 0)!=0);
}
UPCALL(FULLPATH){
  START;
  snprintf(MEM(b), (size_t)n, "%s%s", STR(a)[0]=='/' ? "" : "/", STR(a));
  return REPLY(SQLITE_OK, 0);
}

const s3vfs_upcall storeUpcalls[S3VFS_UP_TABLE] = {
  upOPEN, upCLOSE, upREAD, upWRITE, upTRUNCATE, upSYNC, upSIZE, upLOCK,
  upUNLOCK, upRESERVED, upCONTROL, upPRAGMA, upDELETE, upACCESS, upFULLPATH
};
