/*
** Failing closed: what every method makes of a reply that is none, of an error,
** of upcalls that are gone, and of memory that has run out.
*/
#include <stdint.h>
#include "check.h"
#include "stub.h"

/* One method each, called with good arguments on an open file. */
static char aBuf[64];
static int bOut;
static int mRead(sqlite3_file *p){ return p->pMethods->xRead(p, aBuf, 0, 0); }
static int mWrite(sqlite3_file *p){ return p->pMethods->xWrite(p, aBuf, 1, 0); }
static int mTruncate(sqlite3_file *p){ return p->pMethods->xTruncate(p, 0); }
static int mSync(sqlite3_file *p){ return p->pMethods->xSync(p, SQLITE_SYNC_NORMAL); }
static int mSize(sqlite3_file *p){
  sqlite3_int64 n;
  return p->pMethods->xFileSize(p, &n);
}
static int mLock(sqlite3_file *p){ return p->pMethods->xLock(p, SQLITE_LOCK_EXCLUSIVE); }
static int mUnlock(sqlite3_file *p){ return p->pMethods->xUnlock(p, SQLITE_LOCK_NONE); }
static int mReserved(sqlite3_file *p){ return p->pMethods->xCheckReservedLock(p, &bOut); }
static int mControlSync(sqlite3_file *p){
  return p->pMethods->xFileControl(p, SQLITE_FCNTL_SYNC, 0);
}
static int mControlCommitted(sqlite3_file *p){
  return p->pMethods->xFileControl(p, SQLITE_FCNTL_COMMIT_PHASETWO, 0);
}
static int mPragma(sqlite3_file *p){
  char *azArg[3] = { 0, (char*)"x", 0 };
  int rc = p->pMethods->xFileControl(p, SQLITE_FCNTL_PRAGMA, azArg);
  if( azArg[0] ) abort();
  return rc;
}
static int mOpen(sqlite3_file *p){
  sqlite3_file *pNew = stubNewFile();
  int rc = stubVfs()->xOpen(stubVfs(), stubDbName, pNew, SQLITE_OPEN_MAIN_DB, 0);
  (void)p;
  if( pNew->pMethods ) abort();
  free(pNew);
  return rc;
}
static int mDelete(sqlite3_file *p){ (void)p; return stubVfs()->xDelete(stubVfs(), "/b/x", 0); }
static int mAccess(sqlite3_file *p){
  int rc;
  (void)p;
  bOut = 1;
  rc = stubVfs()->xAccess(stubVfs(), "/b/x", 0, &bOut);
  if( bOut ) abort();
  return rc;
}
static int mFullpath(sqlite3_file *p){
  (void)p;
  return stubVfs()->xFullPathname(stubVfs(), "x", sizeof(aBuf), aBuf);
}

static const struct Method {
  const char *zName;
  int iSlot;
  int (*xCall)(sqlite3_file*);
  int rc;                     /* Result when the host fails */
} aMethod[] = {
  { "xRead", S3VFS_UP_READ, mRead, SQLITE_IOERR_READ },
  { "xWrite", S3VFS_UP_WRITE, mWrite, SQLITE_IOERR_WRITE },
  { "xTruncate", S3VFS_UP_TRUNCATE, mTruncate, SQLITE_IOERR_TRUNCATE },
  { "xSync", S3VFS_UP_SYNC, mSync, SQLITE_IOERR_FSYNC },
  { "xFileSize", S3VFS_UP_SIZE, mSize, SQLITE_IOERR_FSTAT },
  { "xLock", S3VFS_UP_LOCK, mLock, SQLITE_IOERR_LOCK },
  { "xUnlock", S3VFS_UP_UNLOCK, mUnlock, SQLITE_IOERR_UNLOCK },
  { "xCheckReservedLock", S3VFS_UP_RESERVED, mReserved, SQLITE_IOERR_CHECKRESERVEDLOCK },
  { "FCNTL_SYNC", S3VFS_UP_CONTROL, mControlSync, SQLITE_IOERR_FSYNC },
  { "FCNTL_COMMIT_PHASETWO", S3VFS_UP_CONTROL, mControlCommitted, SQLITE_IOERR },
  { "FCNTL_PRAGMA", S3VFS_UP_PRAGMA, mPragma, SQLITE_IOERR },
  { "xOpen", S3VFS_UP_OPEN, mOpen, SQLITE_CANTOPEN },
  { "xDelete", S3VFS_UP_DELETE, mDelete, SQLITE_IOERR_DELETE },
  { "xAccess", S3VFS_UP_ACCESS, mAccess, SQLITE_IOERR_ACCESS },
  { "xFullPathname", S3VFS_UP_FULLPATH, mFullpath, SQLITE_CANTOPEN_FULLPATH }
};
#define N_METHOD (sizeof(aMethod)/sizeof(aMethod[0]))

/* A file with a lock, so that xUnlock has something to do. */
static sqlite3_file *openLocked(void){
  sqlite3_file *p = stubOpen();
  if( p ) p->pMethods->xLock(p, SQLITE_LOCK_SHARED);
  return p;
}

static void checkMethod(const struct Method *p, sqlite3_file *pFile, int rc){
  int rcGot = p->xCall(pFile);
  if( rcGot!=rc ) printf("%s answers %d, not %d\n", p->zName, rcGot, rc);
  CHECK(rcGot==rc);
}

/* A method must reach its own slot, and only that. */
static void every_method_has_its_slot(void){
  sqlite3_file *p = openLocked();
  size_t i;
  for(i=0; i<N_METHOD; i++){
    int n = hostCalls(), nSlot = host.aCall[aMethod[i].iSlot];
    host.aReply[aMethod[i].iSlot] = REPLY(SQLITE_BUSY, 0);
    checkMethod(&aMethod[i], p, SQLITE_BUSY);
    CHECK_STILL_GOOD();
    CHECK_INT(hostCalls(), n+1);
    CHECK_INT(host.aCall[aMethod[i].iSlot], nSlot+1);
  }
  stubClose(p);
}

static void a_reply_without_the_tag_is_a_failure(void){
  static const sqlite3_int64 aReply[] = {
    0, 1, 7, -1, S3VFS_REPLY_TAG, INT64_MAX, INT64_MIN, SQLITE_BUSY,
    (sqlite3_int64)S3VFS_REPLY_TAG<<32, ((sqlite3_int64)S3VFS_REPLY_TAG<<16) ^ 0x10000,
    REPLY(SQLITE_OK, 7) ^ 0x40000000, 0x100000007LL
  };
  sqlite3_file *p = openLocked();
  size_t i, j;
  for(i=0; i<N_METHOD; i++){
    for(j=0; j<sizeof(aReply)/sizeof(aReply[0]); j++){
      host.aReply[aMethod[i].iSlot] = aReply[j];
      checkMethod(&aMethod[i], p, aMethod[i].rc);
      CHECK_STILL_GOOD();
    }
  }
  stubClose(p);
}

static void an_error_code_passes_unchanged(void){
  static const int aCode[] = {
    SQLITE_ERROR, SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_NOMEM, SQLITE_READONLY, SQLITE_FULL,
    SQLITE_IOERR_AUTH, SQLITE_CORRUPT, SQLITE_AUTH, SQLITE_IOERR_DELETE_NOENT, 0xffff
  };
  static const int aValue[] = { 0, 1, -1, INT32_MAX };
  sqlite3_file *p = openLocked();
  size_t i, j;
  for(i=0; i<N_METHOD; i++){
    for(j=0; j<sizeof(aCode)/sizeof(aCode[0]); j++){
      host.aReply[aMethod[i].iSlot] = REPLY(aCode[j], aValue[j%4]);
      checkMethod(&aMethod[i], p, aCode[j]);
      CHECK_STILL_GOOD();
    }
  }
  stubClose(p);
}

static void checkAllFail(sqlite3_file *p){
  size_t i;
  int n = hostCalls();
  for(i=0; i<N_METHOD; i++){
    checkMethod(&aMethod[i], p, aMethod[i].rc);
    CHECK_STILL_GOOD();
  }
  CHECK_INT(hostCalls(), n);
}

static void after_unbind_everything_fails(void){
  sqlite3_file *p = openLocked();
  CHECK_INT(s3vfs_unbind(), SQLITE_OK);
  checkAllFail(p);
  CHECK_STILL_GOOD();
  CHECK_INT(s3vfs_unbind(), SQLITE_OK);
  checkAllFail(p);
  CHECK_STILL_GOOD();
  CHECK_INT(p->pMethods->xClose(p), SQLITE_IOERR_CLOSE);
  CHECK(p->pMethods==0);
  CHECK_INT(host.aCall[S3VFS_UP_CLOSE], 0);
  free(p);
}

/* Handle 7 of the old host may be another file's at the new one. */
static void a_new_host_does_not_get_old_files(void){
  sqlite3_file *p = openLocked();
  int bUnbind;
  for(bUnbind=0; bUnbind<2; bUnbind++){
    if( bUnbind ) s3vfs_unbind();
    hostBind();
    checkAllFail(p);
    CHECK_STILL_GOOD();
  }
  CHECK_INT(p->pMethods->xClose(p), SQLITE_IOERR_CLOSE);
  CHECK_INT(hostCalls(), 0);
  free(p);
}

static void a_new_host_gets_a_vfs_that_is_registered_again(void){
  int bRes = 0;
  s3vfs_unbind();
  hostBind();
  CHECK_INT(stubVfs()->xAccess(stubVfs(), "/b/x", 0, &bRes), SQLITE_IOERR_ACCESS);
  CHECK_INT(s3vfs_unregister("s3"), SQLITE_OK);
  CHECK_INT(s3vfs_register("s3", 9), SQLITE_OK);
  CHECK_INT(stubVfs()->xAccess(stubVfs(), "/b/x", 0, &bRes), SQLITE_OK);
  CHECK_INT(host.aLast[S3VFS_UP_ACCESS].id, 9);
}

static void a_vfs_may_be_registered_before_upcalls_are_bound(void){
  int bRes = 0;
  s3vfs_unbind();
  CHECK_INT(s3vfs_unregister("s3"), SQLITE_OK);
  CHECK_INT(s3vfs_register("s3", 9), SQLITE_OK);
  CHECK_INT(stubVfs()->xAccess(stubVfs(), "/b/x", 0, &bRes), SQLITE_IOERR_ACCESS);
  hostBind();
  CHECK_INT(stubVfs()->xAccess(stubVfs(), "/b/x", 0, &bRes), SQLITE_OK);
}

static void temporary_files_work_without_a_host(void){
  sqlite3_file *p = stubNewFile();
  s3vfs_unbind();
  CHECK_INT(stubVfs()->xOpen(stubVfs(), 0, p, SQLITE_OPEN_TEMP_DB, 0), SQLITE_OK);
  stubClose(p);
}

/*
** Out of memory.  Each allocation of an operation fails in turn.
*/
static void open_survives_without_memory(void){
  sqlite3_file *p = stubNewFile();
  int nLive = sq.nLive;
  stubParams[0] = "k"; stubParams[1] = "v";
  sq.iFail = 1;
  CHECK_INT(stubVfs()->xOpen(stubVfs(), stubDbName, p, SQLITE_OPEN_MAIN_DB, 0), SQLITE_NOMEM);
  CHECK(p->pMethods==0);
  CHECK_INT(hostCalls(), 0);
  CHECK_INT(sq.nLive, nLive);
  sq.iFail = 2;
  CHECK_INT(stubVfs()->xOpen(stubVfs(), stubDbName, p, SQLITE_OPEN_MAIN_DB, 0), SQLITE_OK);
  CHECK_INT(sq.iFail, 1);     /* opening takes one allocation */
  sq.iFail = 0;
  stubClose(p);
}

static void sayText(const HostCall *p){
  strcpy((char*)(uintptr_t)p->c, "text");
}

static void pragma_survives_without_memory(void){
  sqlite3_file *p = stubOpen();
  char *azArg[3] = { 0, (char*)"x", 0 };
  int nLive = sq.nLive;
  host.aHook[S3VFS_UP_PRAGMA] = sayText;
  sq.iFail = 1;
  CHECK_INT(p->pMethods->xFileControl(p, SQLITE_FCNTL_PRAGMA, azArg), SQLITE_NOMEM);
  CHECK_INT(host.aCall[S3VFS_UP_PRAGMA], 0);
  sq.iFail = 2;
  CHECK_INT(p->pMethods->xFileControl(p, SQLITE_FCNTL_PRAGMA, azArg), SQLITE_NOMEM);
  CHECK(azArg[0]==0);
  /* An error without its text is still that error. */
  host.aReply[S3VFS_UP_PRAGMA] = REPLY(SQLITE_READONLY, 0);
  sq.iFail = 2;
  CHECK_INT(p->pMethods->xFileControl(p, SQLITE_FCNTL_PRAGMA, azArg), SQLITE_READONLY);
  CHECK(azArg[0]==0);
  CHECK_INT(sq.nLive, nLive);
  stubClose(p);
}

static void vfsname_survives_without_memory(void){
  sqlite3_file *p = stubOpen();
  char *z = 0;
  sq.iFail = 1;
  CHECK_INT(p->pMethods->xFileControl(p, SQLITE_FCNTL_VFSNAME, &z), SQLITE_NOMEM);
  CHECK(z==0);
  stubClose(p);
}

static void register_survives_without_memory(void){
  int nLive = sq.nLive, i;
  for(i=1; i<=2; i++){        /* the VFS, and its mutex */
    sq.iFail = i;
    CHECK_INT(s3vfs_register("no memory", 1), SQLITE_NOMEM);
    CHECK_INT(sq.iFail, 0);
    CHECK(stubApi.vfs_find("no memory")==0);
    CHECK_INT(s3vfs_unregister("no memory"), SQLITE_NOTFOUND);
    CHECK_INT(sq.nLive, nLive);
  }
  sq.iFail = 3;
  CHECK_INT(s3vfs_register("no memory", 1), SQLITE_OK);
  CHECK_INT(sq.iFail, 1);     /* registering takes two allocations */
  sq.iFail = 0;
  CHECK_INT(sq.nLive, nLive+2);
}

static void no_operation_leaks(void){
  int nLive = sq.nLive, i;
  for(i=0; i<100; i++){
    sqlite3_file *p = openLocked();
    char *azArg[3] = { 0, (char*)"x", 0 };
    size_t j;
    host.aHook[S3VFS_UP_PRAGMA] = sayText;
    CHECK_INT(p->pMethods->xFileControl(p, SQLITE_FCNTL_PRAGMA, azArg), SQLITE_OK);
    stubApi.free(azArg[0]);
    host.aHook[S3VFS_UP_PRAGMA] = 0;
    for(j=0; j<N_METHOD; j++){
      host.aReply[aMethod[j].iSlot] = 0;
      aMethod[j].xCall(p);
      host.aReply[aMethod[j].iSlot] = aMethod[j].iSlot==S3VFS_UP_OPEN ? REPLY(0, 7) : REPLY_OK;
    }
    stubClose(p);
    CHECK_INT(s3vfs_unregister("s3"), SQLITE_OK);
    CHECK_INT(s3vfs_register("s3", i), SQLITE_OK);
  }
  CHECK_INT(sq.nLive, nLive);
}

const Test failTests[] = {
  TEST(every_method_has_its_slot),
  TEST(a_reply_without_the_tag_is_a_failure),
  TEST(an_error_code_passes_unchanged),
  TEST(after_unbind_everything_fails),
  TEST(a_new_host_does_not_get_old_files),
  TEST(a_new_host_gets_a_vfs_that_is_registered_again),
  TEST(a_vfs_may_be_registered_before_upcalls_are_bound),
  TEST(temporary_files_work_without_a_host),
  TEST(open_survives_without_memory),
  TEST(pragma_survives_without_memory),
  TEST(vfsname_survives_without_memory),
  TEST(register_survives_without_memory),
  TEST(no_operation_leaks),
  TEST_END
};
