/*
** The entry point of the extension, and the upcalls: binding them, taking them
** away again, and making them.
*/
#include <stddef.h>
#include <stdint.h>
#include "upcall.h"
#include "sqlite/sqlite3ext.h"
SQLITE_EXTENSION_INIT1

/* sqlite3_uri_key() and sqlite3_filename_database() are as old as this. */
#define S3VFS_MIN_SQLITE 3031000

/*
** The upcalls and who is using them.
**
** iBinding counts, in steps of two, how often upcalls were taken away; its
** lowest bit is set while there are upcalls.  Handles and ids mean nothing to
** a host other than the one that gave them, so each remembers the value
** iBinding had, and no upcall is made with one of an earlier binding.
**
** s3Upcall() increments nRunning before it reads iBinding, and s3TakeBack()
** reads nRunning after it has changed iBinding.  With all four accesses
** sequentially consistent, either the thread that makes an upcall sees that
** the upcalls are gone, or s3TakeBack() sees the thread.
*/
static struct {
  unsigned iBinding;                  /* Atomic.  Changed under the mutex */
  unsigned nRunning;                  /* Atomic.  Upcalls that are running */
  s3vfs_upcall aUpcall[S3VFS_UP_COUNT];  /* Valid while iBinding is odd */
} s3;

int s3IsReady(void){
  return __atomic_load_n(&sqlite3_api, __ATOMIC_ACQUIRE)!=0;
}

sqlite3_mutex *s3Enter(void){
  sqlite3_mutex *pMutex = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_VFS2);
  sqlite3_mutex_enter(pMutex);
  return pMutex;
}

unsigned s3Binding(void){
  return s3.iBinding | 1;
}

int s3IsBound(unsigned iBinding){
  return __atomic_load_n(&s3.iBinding, __ATOMIC_SEQ_CST)==iBinding;
}

int s3Upcall(
  unsigned iBinding,
  int iSlot,
  int eFail,
  int *pValue,
  int id,
  sqlite3_int64 a,
  sqlite3_int64 b,
  sqlite3_int64 c,
  int n
){
  sqlite3_uint64 reply = 0;
  int rc;
  __atomic_fetch_add(&s3.nRunning, 1, __ATOMIC_SEQ_CST);
  if( __atomic_load_n(&s3.iBinding, __ATOMIC_SEQ_CST)==iBinding ){
    reply = (sqlite3_uint64)s3.aUpcall[iSlot](id, a, b, c, n);
  }
  __atomic_fetch_sub(&s3.nRunning, 1, __ATOMIC_SEQ_CST);
  rc = ((reply>>16) & 0xffff)==S3VFS_REPLY_TAG ? (int)(reply & 0xffff) : eFail;
  if( pValue ){
    /* xRead takes SQLITE_IOERR_SHORT_READ for success, too. */
    int bValue = rc==SQLITE_OK || rc==SQLITE_IOERR_SHORT_READ;
    *pValue = bValue ? (int)(uint32_t)(reply>>32) : 0;
  }
  return rc;
}

/*
** Take the upcalls away and wait until none is running.  The mutex is held at
** the beginning and the end, but not while waiting: an upcall may well end up
** in another library that needs it.  Upcalls that someone binds meanwhile are
** taken away, too.
*/
static void s3TakeBack(sqlite3_mutex *pMutex){
  for(;;){
    sqlite3_vfs *pVfs;
    if( s3.iBinding & 1 ){
      __atomic_store_n(&s3.iBinding, s3.iBinding + 1, __ATOMIC_SEQ_CST);
    }
    if( __atomic_load_n(&s3.nRunning, __ATOMIC_SEQ_CST)==0 ) break;
    sqlite3_mutex_leave(pMutex);
    pVfs = sqlite3_vfs_find(0);
    if( pVfs ) pVfs->xSleep(pVfs, 1000);
    sqlite3_mutex_enter(pMutex);
  }
}

int s3vfs_bind(
  s3vfs_upcall xOpen, s3vfs_upcall xClose, s3vfs_upcall xRead, s3vfs_upcall xWrite,
  s3vfs_upcall xTruncate, s3vfs_upcall xSync, s3vfs_upcall xSize, s3vfs_upcall xLock,
  s3vfs_upcall xUnlock, s3vfs_upcall xReserved, s3vfs_upcall xControl, s3vfs_upcall xPragma,
  s3vfs_upcall xDelete, s3vfs_upcall xAccess, s3vfs_upcall xFullpath, s3vfs_upcall xTable,
  s3vfs_upcall xSchema, s3vfs_upcall xPlan, s3vfs_upcall xCursor, s3vfs_upcall xFilter,
  s3vfs_upcall xFetch, s3vfs_upcall xRelease
){
  const s3vfs_upcall aUpcall[S3VFS_UP_COUNT] = {
    xOpen, xClose, xRead, xWrite, xTruncate, xSync, xSize, xLock, xUnlock, xReserved,
    xControl, xPragma, xDelete, xAccess, xFullpath, xTable, xSchema, xPlan, xCursor,
    xFilter, xFetch, xRelease
  };
  sqlite3_mutex *pMutex;
  int i;
  if( !s3IsReady() ) return SQLITE_MISUSE;
  for(i=0; i<S3VFS_UP_COUNT; i++){
    if( aUpcall[i]==0 ) return SQLITE_MISUSE;
  }
  pMutex = s3Enter();
  s3TakeBack(pMutex);
  for(i=0; i<S3VFS_UP_COUNT; i++) s3.aUpcall[i] = aUpcall[i];
  __atomic_store_n(&s3.iBinding, s3.iBinding | 1, __ATOMIC_SEQ_CST);
  sqlite3_mutex_leave(pMutex);
  return SQLITE_OK;
}

int s3vfs_unbind(void){
  sqlite3_mutex *pMutex;
  if( !s3IsReady() ) return SQLITE_OK;
  pMutex = s3Enter();
  s3TakeBack(pMutex);
  sqlite3_mutex_leave(pMutex);
  return SQLITE_OK;
}

int s3vfs_abi(void){
  return s3IsReady() ? S3VFS_ABI : 0;
}

/*
** Report why the extension cannot be loaded.
*/
static int s3InitError(const sqlite3_api_routines *pApi, char **pzErrMsg, const char *zWhy){
  if( pzErrMsg ) *pzErrMsg = pApi->mprintf("s3vfs: %s", zWhy);
  return SQLITE_ERROR;
}

/*
** The first run decides which SQLite this library works for, with a
** compare-and-swap in place of SQLITE_EXTENSION_INIT2: VFSes and files belong
** to one SQLite, and a second one in the same process must not get them.
*/
int sqlite3_s3vfs_init(
  sqlite3 *db,
  char **pzErrMsg,
  const sqlite3_api_routines *pApi
){
  const sqlite3_api_routines *pFirst = 0;
  (void)db;
  if( pApi->libversion_number()<S3VFS_MIN_SQLITE ){
    return s3InitError(pApi, pzErrMsg, "SQLite 3.31.0 or newer is needed");
  }
  if( pApi->mutex_alloc==0 ){
    return s3InitError(pApi, pzErrMsg, "this SQLite was built without mutexes");
  }
  if( !__atomic_compare_exchange_n(&sqlite3_api, &pFirst, pApi, 0,
                                   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)
   && pFirst!=pApi
  ){
    return s3InitError(pApi, pzErrMsg, "already loaded into another SQLite of this process");
  }
  return SQLITE_OK_LOAD_PERMANENTLY;
}
