/*
** See stub.h.
*/
#define _DEFAULT_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include "stub.h"

struct StubSqlite sq;
struct StubBase base;
struct StubHost host;
struct StubClock stubClock;

/*
** SQLite's functions.
*/
static void *stubMalloc64(sqlite3_uint64 n){
  void *p;
  __atomic_fetch_add(&sq.nAlloc, 1, __ATOMIC_RELAXED);
  if( sq.iFail>0 && --sq.iFail==0 ) return 0;
  p = malloc(n);
  if( p ){
    memset(p, 0xa5, n);      /* so that nobody relies on zeros */
    __atomic_fetch_add(&sq.nLive, 1, __ATOMIC_RELAXED);
  }
  return p;
}
static void stubFree(void *p){
  if( p ) __atomic_fetch_sub(&sq.nLive, 1, __ATOMIC_RELAXED);
  free(p);
}
static char *stubMprintf(const char *zFormat, ...){
  va_list ap;
  int n;
  char *z;
  va_start(ap, zFormat);
  n = vsnprintf(0, 0, zFormat, ap);
  va_end(ap);
  z = stubMalloc64((sqlite3_uint64)n + 1);
  if( z ){
    va_start(ap, zFormat);
    vsnprintf(z, (size_t)n + 1, zFormat, ap);
    va_end(ap);
  }
  return z;
}

static pthread_mutex_t stubMutex = PTHREAD_MUTEX_INITIALIZER;
static sqlite3_mutex *stubMutexAlloc(int eType){
  pthread_mutex_t *p;
  if( eType==SQLITE_MUTEX_STATIC_VFS2 ) return (sqlite3_mutex*)&stubMutex;
  if( eType!=SQLITE_MUTEX_FAST ) abort();
  p = stubMalloc64(sizeof(*p));
  if( p && pthread_mutex_init(p, 0) ) abort();
  return (sqlite3_mutex*)p;
}
static void stubMutexFree(sqlite3_mutex *p){
  if( p==0 ) return;
  if( pthread_mutex_destroy((pthread_mutex_t*)p) ) abort();
  stubFree(p);
}
static void stubMutexEnter(sqlite3_mutex *p){
  static _Thread_local unsigned i;
  if( sq.nYield && i++%(unsigned)sq.nYield==0 ) sched_yield();
  if( pthread_mutex_lock((pthread_mutex_t*)p) ) abort();
}
static void stubMutexLeave(sqlite3_mutex *p){
  if( pthread_mutex_unlock((pthread_mutex_t*)p) ) abort();
}

static sqlite3_vfs *stubVfsFind(const char *zName){
  sqlite3_vfs *p = sq.pList;
  if( zName==0 ) return p;
  while( p && strcmp(p->zName, zName) ) p = p->pNext;
  return p;
}
static int stubVfsUnregister(sqlite3_vfs *pVfs){
  sqlite3_vfs **pp = &sq.pList;
  while( *pp && *pp!=pVfs ) pp = &(*pp)->pNext;
  if( *pp ) *pp = pVfs->pNext;
  return SQLITE_OK;
}
static int stubVfsRegister(sqlite3_vfs *pVfs, int bDefault){
  if( sq.rcRegister ) return sq.rcRegister;
  stubVfsUnregister(pVfs);
  if( bDefault || sq.pList==0 ) sq.bMadeDefault = 1;
  pVfs->pNext = sq.pList ? sq.pList->pNext : 0;
  if( sq.pList ) sq.pList->pNext = pVfs; else sq.pList = pVfs;
  return SQLITE_OK;
}

char stubDbName[] = "/bucket/a.db";
char stubJournalName[] = "/bucket/a.db-journal";
char stubWalName[] = "/bucket/a.db-wal";
const char *stubParams[16];

static int stubHasParams(const char *zDb){
  if( zDb==stubDbName ) return 1;
  sq.nStrayName++;
  return 0;
}
static const char *stubUriKey(const char *zDb, int N){
  int i;
  if( !stubHasParams(zDb) ) return 0;
  for(i=0; i<N && stubParams[2*i]; i++){}
  return stubParams[2*i];
}
static const char *stubUriParameter(const char *zDb, const char *zKey){
  int i;
  if( !stubHasParams(zDb) ) return 0;
  for(i=0; stubParams[i]; i+=2){
    if( strcmp(stubParams[i], zKey)==0 ) return stubParams[i+1];
  }
  return 0;
}
static const char *stubFilenameDatabase(const char *zName){
  if( zName==stubJournalName || zName==stubWalName ) return stubDbName;
  sq.nStrayName++;
  return zName;
}
static int stubVersion(void){ return 3040001; }

sqlite3_api_routines stubApi = {
  .libversion_number = stubVersion,
  .malloc64 = stubMalloc64,
  .free = stubFree,
  .mprintf = stubMprintf,
  .mutex_alloc = stubMutexAlloc,
  .mutex_free = stubMutexFree,
  .mutex_enter = stubMutexEnter,
  .mutex_leave = stubMutexLeave,
  .vfs_find = stubVfsFind,
  .vfs_register = stubVfsRegister,
  .vfs_unregister = stubVfsUnregister,
  .uri_key = stubUriKey,
  .uri_parameter = stubUriParameter,
  .filename_database = stubFilenameDatabase
};

/*
** The base VFS.
*/
static void baseCalled(sqlite3_vfs *pVfs, const char *zCall, const char *zArg, int iArg){
  if( pVfs!=&base.vfs ) abort();
  if( base.bThreads ) return;
  base.zCall = zCall;
  base.zArg = zArg;
  base.iArg = iArg;
  base.nCall++;
}
static int baseClose(sqlite3_file *pFile){
  (void)pFile;
  base.nOpen--;
  return SQLITE_OK;
}
static const sqlite3_io_methods baseMethods = { .iVersion = 1, .xClose = baseClose };
static int baseOpen(sqlite3_vfs *p, const char *z, sqlite3_file *pFile, int flags, int *pOut){
  baseCalled(p, "xOpen", z, flags);
  memset(pFile, 0x5a, (size_t)p->szOsFile);   /* it may use all of what it asked for */
  pFile->pMethods = 0;
  if( base.rcOpen==SQLITE_OK || base.bMethodsOnError ){
    pFile->pMethods = &baseMethods;
    base.nOpen++;
  }
  if( pOut ) *pOut = flags | SQLITE_OPEN_MEMORY;
  return base.rcOpen;
}
static void *baseDlOpen(sqlite3_vfs *p, const char *z){
  baseCalled(p, "xDlOpen", z, 0);
  return &base;
}
static void baseDlError(sqlite3_vfs *p, int n, char *z){
  baseCalled(p, "xDlError", z, n);
}
static void (*baseDlSym(sqlite3_vfs *p, void *pHandle, const char *z))(void){
  baseCalled(p, "xDlSym", z, pHandle==&base);
  return (void(*)(void))stubReset;
}
static void baseDlClose(sqlite3_vfs *p, void *pHandle){
  baseCalled(p, "xDlClose", 0, pHandle==&base);
}
static int baseRandomness(sqlite3_vfs *p, int n, char *z){
  baseCalled(p, "xRandomness", z, n);
  return n;
}
static int baseSleep(sqlite3_vfs *p, int n){
  /* Not recorded: it is called by several threads at once. */
  if( p!=&base.vfs ) abort();
  usleep((useconds_t)n);
  return n;
}
static int baseCurrentTime(sqlite3_vfs *p, double *pr){
  baseCalled(p, "xCurrentTime", 0, 0);
  *pr = 2.5;
  return SQLITE_OK;
}
static int baseCurrentTimeInt64(sqlite3_vfs *p, sqlite3_int64 *pi){
  baseCalled(p, "xCurrentTimeInt64", 0, 0);
  *pi = __atomic_load_n(&base.iTime, __ATOMIC_SEQ_CST);
  return base.rcTime;
}
static const sqlite3_vfs baseVfs = {
  .iVersion = 3, .szOsFile = 200, .mxPathname = 100, .zName = "base",
  .xOpen = baseOpen, .xDlOpen = baseDlOpen, .xDlError = baseDlError, .xDlSym = baseDlSym,
  .xDlClose = baseDlClose, .xRandomness = baseRandomness, .xSleep = baseSleep,
  .xCurrentTime = baseCurrentTime, .xCurrentTimeInt64 = baseCurrentTimeInt64
};

int stubGettime(int iArg, long *aTime){
  sqlite3_int64 iNow = __atomic_load_n(&stubClock.iNow, __ATOMIC_SEQ_CST);
  __atomic_store_n(&stubClock.iArg, iArg, __ATOMIC_SEQ_CST);
  if( stubClock.rc ) return stubClock.rc;
  aTime[0] = (long)(iNow/1000000000);
  aTime[1] = (long)(iNow%1000000000);
  return 0;
}

/*
** The host.
*/
static sqlite3_int64 hostUpcall(
  int iSlot, int id, sqlite3_int64 a, sqlite3_int64 b, sqlite3_int64 c, int n
){
  HostCall call = { .id = id, .a = a, .b = b, .c = c, .n = n };
  host.aLast[iSlot] = call;
  host.aCall[iSlot]++;
  if( host.aHook[iSlot] ) host.aHook[iSlot](&call);
  return host.aReply[iSlot];
}
#define UPCALL(NAME) static sqlite3_int64 up##NAME( \
    int id, sqlite3_int64 a, sqlite3_int64 b, sqlite3_int64 c, int n){ \
  return hostUpcall(S3VFS_UP_##NAME, id, a, b, c, n); }
UPCALL(OPEN) UPCALL(CLOSE) UPCALL(READ) UPCALL(WRITE) UPCALL(TRUNCATE) UPCALL(SYNC)
UPCALL(SIZE) UPCALL(LOCK) UPCALL(UNLOCK) UPCALL(RESERVED) UPCALL(CONTROL) UPCALL(PRAGMA)
UPCALL(DELETE) UPCALL(ACCESS) UPCALL(FULLPATH) UPCALL(TABLE) UPCALL(SCHEMA) UPCALL(PLAN)
UPCALL(CURSOR) UPCALL(FILTER) UPCALL(FETCH) UPCALL(RELEASE)

int hostCalls(void){
  int i, n = 0;
  for(i=0; i<S3VFS_UP_COUNT; i++) n += host.aCall[i];
  return n;
}

int hostBindWith(int iSlot, s3vfs_upcall xUpcall){
  s3vfs_upcall a[S3VFS_UP_COUNT] = {
    upOPEN, upCLOSE, upREAD, upWRITE, upTRUNCATE, upSYNC, upSIZE, upLOCK,
    upUNLOCK, upRESERVED, upCONTROL, upPRAGMA, upDELETE, upACCESS, upFULLPATH,
    upTABLE, upSCHEMA, upPLAN, upCURSOR, upFILTER, upFETCH, upRELEASE
  };
  if( iSlot>=0 ) a[iSlot] = xUpcall;
  return s3vfs_bind(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7],
                    a[8], a[9], a[10], a[11], a[12], a[13], a[14], a[15], a[16],
                    a[17], a[18], a[19], a[20], a[21]);
}

void hostBind(void){
  int i;
  memset(&host, 0, sizeof(host));
  for(i=0; i<S3VFS_UP_COUNT; i++) host.aReply[i] = REPLY_OK;
  host.aReply[S3VFS_UP_OPEN] = REPLY(SQLITE_OK, 7);
  if( hostBindWith(-1, 0)!=SQLITE_OK ) abort();
}

void stubReset(void){
  sqlite3_vfs *p = sq.pList;
  while( p ){
    sqlite3_vfs *pNext = p->pNext;
    if( p!=&base.vfs ) s3vfs_unregister(p->zName);
    p = pNext;
  }
  sq.iFail = sq.rcRegister = sq.bMadeDefault = sq.nStrayName = sq.nYield = 0;
  memset(&base, 0, sizeof(base));
  base.vfs = baseVfs;
  base.iTime = 25;
  memset(&stubClock, 0, sizeof(stubClock));
  sq.pList = &base.vfs;
  memset(stubParams, 0, sizeof(stubParams));
  hostBind();
  if( s3vfs_register("s3", 3)!=SQLITE_OK ) abort();
}

sqlite3_vfs *stubVfs(void){
  return stubVfsFind("s3");
}

sqlite3_file *stubNewFile(void){
  sqlite3_file *p = malloc((size_t)stubVfs()->szOsFile);
  memset(p, 0x77, (size_t)stubVfs()->szOsFile);
  return p;
}

sqlite3_file *stubOpen(void){
  sqlite3_file *p = stubNewFile();
  int rc = stubVfs()->xOpen(stubVfs(), stubDbName, p,
                            SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 0);
  if( rc==SQLITE_OK ) return p;
  free(p);
  return 0;
}

void stubClose(sqlite3_file *p){
  if( p->pMethods ) p->pMethods->xClose(p);
  free(p);
}
