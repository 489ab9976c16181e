/*
** Opening files, and the methods of an open file.
*/
#include <stdint.h>
#include "check.h"
#include "stub.h"

/*
** xOpen.
*/
static char aSeen[512];       /* zPath and zParams, as a hook found them */
static size_t nSeen;
static int bZeros;            /* What the host may fill in for a volume was all zeros */
static void seeOpen(const HostCall *p){
  const char *z = STR(p->b);
  const sqlite3_int64 *aFile = (const sqlite3_int64*)(uintptr_t)p->c;
  bZeros = aFile[0]==0 && aFile[1]==0;
  nSeen = 0;
  strcpy(aSeen, STR(p->a));
  nSeen = strlen(aSeen) + 1;
  while( *z ){
    strcpy(aSeen + nSeen, z);
    nSeen += strlen(z) + 1;
    z += strlen(z) + 1;
    strcpy(aSeen + nSeen, z);
    nSeen += strlen(z) + 1;
    z += strlen(z) + 1;
  }
}
static int seen(const char *z, size_t n){
  return nSeen==n && memcmp(aSeen, z, n)==0;
}
#define SEEN(Z) seen(Z, sizeof(Z))

static int openAs(const char *zName, int flags, int *pOut, sqlite3_file **ppFile){
  sqlite3_file *p = *ppFile = stubNewFile();
  return stubVfs()->xOpen(stubVfs(), zName, p, flags, pOut);
}

static void open_passes_name_flags_and_parameters(void){
  sqlite3_file *p;
  int out = 0, flags = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE;
  int nLive = sq.nLive;
  stubParams[0] = "vfs"; stubParams[1] = "s3";
  stubParams[2] = "empty"; stubParams[3] = "";
  stubParams[4] = "r\xc3\xa9gion"; stubParams[5] = "a b&c";
  host.aHook[S3VFS_UP_OPEN] = seeOpen;
  CHECK_INT(openAs(stubDbName, flags, &out, &p), SQLITE_OK);
  CHECK(SEEN("/bucket/a.db\0vfs\0s3\0empty\0\0r\xc3\xa9gion\0a b&c"));
  CHECK_INT(host.aLast[S3VFS_UP_OPEN].id, 3);
  CHECK_INT(host.aLast[S3VFS_UP_OPEN].n, flags);
  CHECK(bZeros);
  CHECK_INT(out, flags);
  CHECK(p->pMethods!=0);
  CHECK_INT(p->pMethods->iVersion, 1);
  CHECK_INT(sq.nLive, nLive);
  CHECK_INT(base.nCall, 0);
  stubClose(p);
}

static void no_parameters_are_an_empty_list(void){
  sqlite3_file *p;
  host.aHook[S3VFS_UP_OPEN] = seeOpen;
  CHECK_INT(openAs(stubDbName, SQLITE_OPEN_MAIN_DB, 0, &p), SQLITE_OK);
  CHECK(SEEN("/bucket/a.db"));
  stubClose(p);
}

static void a_journal_has_the_parameters_of_its_database(void){
  sqlite3_file *p;
  stubParams[0] = "k"; stubParams[1] = "v";
  host.aHook[S3VFS_UP_OPEN] = seeOpen;
  CHECK_INT(openAs(stubJournalName, SQLITE_OPEN_MAIN_JOURNAL, 0, &p), SQLITE_OK);
  CHECK(SEEN("/bucket/a.db-journal\0k\0v"));
  stubClose(p);
  CHECK_INT(openAs(stubWalName, SQLITE_OPEN_WAL, 0, &p), SQLITE_OK);
  CHECK(SEEN("/bucket/a.db-wal\0k\0v"));
  stubClose(p);
  CHECK_INT(sq.nStrayName, 0);
}

static void a_super_journal_has_no_parameters(void){
  sqlite3_file *p;
  int flags = SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_READONLY;
  stubParams[0] = "k"; stubParams[1] = "v";
  host.aHook[S3VFS_UP_OPEN] = seeOpen;
  CHECK_INT(openAs("/bucket/a.db-mj0123", flags, 0, &p), SQLITE_OK);
  CHECK(SEEN("/bucket/a.db-mj0123"));
  CHECK_INT(host.aLast[S3VFS_UP_OPEN].n, flags);
  CHECK_INT(sq.nStrayName, 0);
  stubClose(p);
}

static void temporary_files_go_to_the_base_vfs(void){
  static const int aFlags[] = {
    SQLITE_OPEN_TEMP_DB, SQLITE_OPEN_TRANSIENT_DB, SQLITE_OPEN_TEMP_JOURNAL, SQLITE_OPEN_SUBJOURNAL
  };
  size_t i;
  for(i=0; i<sizeof(aFlags)/sizeof(aFlags[0]); i++){
    int out = 0;
    sqlite3_file *p;
    int flags = aFlags[i] | SQLITE_OPEN_DELETEONCLOSE;
    CHECK_INT(openAs("temp", flags, &out, &p), SQLITE_OK);
    CHECK(strcmp(base.zCall, "xOpen")==0 && strcmp(base.zArg, "temp")==0);
    CHECK_INT(base.iArg, flags);
    CHECK_INT(out, flags | SQLITE_OPEN_MEMORY);
    CHECK_INT(base.nOpen, 1);
    stubClose(p);
    CHECK_INT(base.nOpen, 0);
  }
  CHECK_INT(hostCalls(), 0);
}

static void files_without_a_name_go_to_the_base_vfs(void){
  sqlite3_file *p;
  CHECK_INT(openAs(0, SQLITE_OPEN_MAIN_DB, 0, &p), SQLITE_OK);
  CHECK_INT(base.nCall, 1);
  CHECK(base.zArg==0);
  CHECK_INT(hostCalls(), 0);
  stubClose(p);
}

static void a_base_vfs_that_fails_leaves_no_methods(void){
  sqlite3_file *p;
  base.rcOpen = SQLITE_CANTOPEN_ISDIR;
  CHECK_INT(openAs(0, SQLITE_OPEN_TEMP_DB, 0, &p), SQLITE_CANTOPEN_ISDIR);
  CHECK(p->pMethods==0);
  stubClose(p);
  base.bMethodsOnError = 1;
  CHECK_INT(openAs(0, SQLITE_OPEN_TEMP_DB, 0, &p), SQLITE_CANTOPEN_ISDIR);
  CHECK(p->pMethods==0);
  CHECK_INT(base.nOpen, 0);
  stubClose(p);
}

static void a_failed_open_leaves_no_methods(void){
  static const struct { sqlite3_int64 reply; int rc; } a[] = {
    { 0, SQLITE_CANTOPEN },
    { 7, SQLITE_CANTOPEN },
    { REPLY(SQLITE_OK, 0), SQLITE_CANTOPEN },
    { REPLY(SQLITE_OK, -7), SQLITE_CANTOPEN },
    { REPLY(SQLITE_OK, INT32_MIN), SQLITE_CANTOPEN },
    { REPLY(SQLITE_READONLY, 7), SQLITE_READONLY },
    { REPLY(SQLITE_BUSY, 7), SQLITE_BUSY },
    { REPLY(SQLITE_IOERR_SHORT_READ, 7), SQLITE_IOERR_SHORT_READ }
  };
  size_t i;
  for(i=0; i<sizeof(a)/sizeof(a[0]); i++){
    sqlite3_file *p;
    int out = 99;
    host.aReply[S3VFS_UP_OPEN] = a[i].reply;
    CHECK_INT(openAs(stubDbName, SQLITE_OPEN_MAIN_DB, &out, &p), a[i].rc);
    CHECK(p->pMethods==0);
    CHECK_INT(out, 99);
    stubClose(p);
  }
  CHECK_INT(host.aCall[S3VFS_UP_CLOSE], 0);
}

/*
** Methods of an open file.
*/
static void close_passes_the_handle_and_closes(void){
  sqlite3_file *p = stubOpen();
  CHECK_INT(p->pMethods->xClose(p), SQLITE_OK);
  CHECK_INT(host.aLast[S3VFS_UP_CLOSE].id, 7);
  CHECK_INT(host.aCall[S3VFS_UP_CLOSE], 1);
  CHECK(p->pMethods==0);
  free(p);
}

static void a_failed_close_closes_too(void){
  sqlite3_file *p = stubOpen();
  host.aReply[S3VFS_UP_CLOSE] = 0;
  CHECK_INT(p->pMethods->xClose(p), SQLITE_IOERR_CLOSE);
  CHECK(p->pMethods==0);
  free(p);
}

static void fillRead(const HostCall *p){
  memset((void*)(uintptr_t)p->a, 'r', (size_t)p->n);
}

static void read_passes_buffer_offset_and_count(void){
  sqlite3_file *p = stubOpen();
  char a[100];
  memset(a, 'x', sizeof(a));
  host.aHook[S3VFS_UP_READ] = fillRead;
  host.aReply[S3VFS_UP_READ] = REPLY(SQLITE_OK, 99);
  CHECK_INT(p->pMethods->xRead(p, a, 99, 0x123456789aLL), SQLITE_OK);
  CHECK_INT(host.aLast[S3VFS_UP_READ].id, 7);
  CHECK(host.aLast[S3VFS_UP_READ].a==(sqlite3_int64)(uintptr_t)a);
  CHECK_INT(host.aLast[S3VFS_UP_READ].b, 0x123456789aLL);
  CHECK_INT(host.aLast[S3VFS_UP_READ].n, 99);
  CHECK(a[0]=='r' && a[98]=='r' && a[99]=='x');
  stubClose(p);
}

static void a_short_read_is_filled_with_zeros(void){
  static const int aCount[] = { 0, 1, 7, 49 };
  sqlite3_file *p = stubOpen();
  size_t i;
  host.aHook[S3VFS_UP_READ] = fillRead;
  for(i=0; i<2*sizeof(aCount)/sizeof(aCount[0]); i++){
    char a[51];
    int j, n = aCount[i/2];
    memset(a, 'x', sizeof(a));
    host.aReply[S3VFS_UP_READ] = REPLY(i%2 ? SQLITE_IOERR_SHORT_READ : SQLITE_OK, n);
    CHECK_INT(p->pMethods->xRead(p, a, 50, 0), SQLITE_IOERR_SHORT_READ);
    for(j=0; j<50; j++) CHECK_INT(a[j], j<n ? 'r' : 0);
    CHECK_INT(a[50], 'x');
  }
  stubClose(p);
}

static void an_impossible_read_count_is_refused(void){
  static const int aCount[] = { 51, -1, INT32_MIN, INT32_MAX };
  sqlite3_file *p = stubOpen();
  char a[50];
  size_t i;
  for(i=0; i<sizeof(aCount)/sizeof(aCount[0]); i++){
    host.aReply[S3VFS_UP_READ] = REPLY(SQLITE_OK, aCount[i]);
    CHECK_INT(p->pMethods->xRead(p, a, 50, 0), SQLITE_IOERR_READ);
    host.aReply[S3VFS_UP_READ] = REPLY(SQLITE_IOERR_SHORT_READ, aCount[i]);
    CHECK_INT(p->pMethods->xRead(p, a, 50, 0), SQLITE_IOERR_READ);
  }
  stubClose(p);
}

static void write_passes_buffer_offset_and_count(void){
  sqlite3_file *p = stubOpen();
  char a[10] = "abc";
  CHECK_INT(p->pMethods->xWrite(p, a, 10, 0x2345678900LL), SQLITE_OK);
  CHECK_INT(host.aLast[S3VFS_UP_WRITE].id, 7);
  CHECK(host.aLast[S3VFS_UP_WRITE].a==(sqlite3_int64)(uintptr_t)a);
  CHECK_INT(host.aLast[S3VFS_UP_WRITE].b, 0x2345678900LL);
  CHECK_INT(host.aLast[S3VFS_UP_WRITE].n, 10);
  stubClose(p);
}

static void truncate_and_sync_pass_their_argument(void){
  sqlite3_file *p = stubOpen();
  CHECK_INT(p->pMethods->xTruncate(p, 0x3000000000LL), SQLITE_OK);
  CHECK_INT(host.aLast[S3VFS_UP_TRUNCATE].id, 7);
  CHECK_INT(host.aLast[S3VFS_UP_TRUNCATE].a, 0x3000000000LL);
  CHECK_INT(p->pMethods->xSync(p, SQLITE_SYNC_FULL|SQLITE_SYNC_DATAONLY), SQLITE_OK);
  CHECK_INT(host.aLast[S3VFS_UP_SYNC].id, 7);
  CHECK_INT(host.aLast[S3VFS_UP_SYNC].n, SQLITE_SYNC_FULL|SQLITE_SYNC_DATAONLY);
  stubClose(p);
}

static sqlite3_int64 size;
static void storeSize(const HostCall *p){
  *(sqlite3_int64*)(uintptr_t)p->a = size;
}

static void size_comes_through_memory(void){
  sqlite3_file *p = stubOpen();
  sqlite3_int64 got = 11;
  host.aHook[S3VFS_UP_SIZE] = storeSize;
  size = 0x7000000001LL;
  CHECK_INT(p->pMethods->xFileSize(p, &got), SQLITE_OK);
  CHECK_INT(got, size);
  CHECK_INT(host.aLast[S3VFS_UP_SIZE].id, 7);
  size = -5;
  got = 11;
  CHECK_INT(p->pMethods->xFileSize(p, &got), SQLITE_IOERR_FSTAT);
  host.aHook[S3VFS_UP_SIZE] = 0;       /* "fine", but stores nothing */
  CHECK_INT(p->pMethods->xFileSize(p, &got), SQLITE_IOERR_FSTAT);
  CHECK_INT(got, 11);
  stubClose(p);
}

static int lockState(sqlite3_file *p){
  int e = -1;
  p->pMethods->xFileControl(p, SQLITE_FCNTL_LOCKSTATE, &e);
  return e;
}

static void locks_make_an_upcall_when_the_level_changes(void){
  sqlite3_file *p = stubOpen();
  CHECK_INT(p->pMethods->xLock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(host.aLast[S3VFS_UP_LOCK].id, 7);
  CHECK_INT(host.aLast[S3VFS_UP_LOCK].n, SQLITE_LOCK_SHARED);
  CHECK_INT(p->pMethods->xLock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_LOCK], 1);
  CHECK_INT(p->pMethods->xLock(p, SQLITE_LOCK_RESERVED), SQLITE_OK);
  CHECK_INT(p->pMethods->xLock(p, SQLITE_LOCK_EXCLUSIVE), SQLITE_OK);
  CHECK_INT(p->pMethods->xLock(p, SQLITE_LOCK_RESERVED), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_LOCK], 3);
  CHECK_INT(lockState(p), SQLITE_LOCK_EXCLUSIVE);
  CHECK_INT(p->pMethods->xUnlock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(host.aLast[S3VFS_UP_UNLOCK].id, 7);
  CHECK_INT(host.aLast[S3VFS_UP_UNLOCK].n, SQLITE_LOCK_SHARED);
  CHECK_INT(p->pMethods->xUnlock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_UNLOCK], 1);
  CHECK_INT(p->pMethods->xUnlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  CHECK_INT(p->pMethods->xUnlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  CHECK_INT(p->pMethods->xUnlock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_UNLOCK], 2);
  CHECK_INT(lockState(p), SQLITE_LOCK_NONE);
  stubClose(p);
}

static void a_busy_lock_changes_nothing(void){
  static const int aBusy[] = { SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT };
  sqlite3_file *p = stubOpen();
  int i;
  for(i=0; i<2; i++){
    int nUnlock = host.aCall[S3VFS_UP_UNLOCK];
    host.aReply[S3VFS_UP_LOCK] = REPLY_OK;
    CHECK_INT(p->pMethods->xLock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
    host.aReply[S3VFS_UP_LOCK] = REPLY(aBusy[i], 0);
    CHECK_INT(p->pMethods->xLock(p, SQLITE_LOCK_RESERVED), aBusy[i]);
    CHECK_INT(lockState(p), SQLITE_LOCK_SHARED);
    CHECK_INT(p->pMethods->xLock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
    CHECK_INT(p->pMethods->xUnlock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
    CHECK_INT(host.aCall[S3VFS_UP_UNLOCK], nUnlock);
    CHECK_INT(p->pMethods->xUnlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
    CHECK_INT(host.aCall[S3VFS_UP_UNLOCK], nUnlock+1);
  }
  stubClose(p);
}

static void after_a_broken_lock_the_host_is_asked(void){
  sqlite3_file *p = stubOpen();
  host.aReply[S3VFS_UP_LOCK] = 0;
  CHECK_INT(p->pMethods->xLock(p, SQLITE_LOCK_SHARED), SQLITE_IOERR_LOCK);
  CHECK_INT(lockState(p), SQLITE_LOCK_NONE);
  /* The host may hold SHARED: unlocking must reach it. */
  CHECK_INT(p->pMethods->xUnlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_UNLOCK], 1);
  CHECK_INT(p->pMethods->xUnlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
  CHECK_INT(host.aCall[S3VFS_UP_UNLOCK], 1);
  stubClose(p);
}

static void after_a_broken_unlock_the_host_is_asked(void){
  static const sqlite3_int64 aReply[] = { 0, REPLY(SQLITE_IOERR_UNLOCK, 0), REPLY(SQLITE_BUSY, 0) };
  size_t i;
  for(i=0; i<sizeof(aReply)/sizeof(aReply[0]); i++){
    sqlite3_file *p;
    hostBind();
    CHECK_INT(s3vfs_unregister("s3"), SQLITE_OK);
    CHECK_INT(s3vfs_register("s3", 3), SQLITE_OK);
    p = stubOpen();
    CHECK_INT(p->pMethods->xLock(p, SQLITE_LOCK_SHARED), SQLITE_OK);
    CHECK_INT(p->pMethods->xLock(p, SQLITE_LOCK_RESERVED), SQLITE_OK);
    host.aReply[S3VFS_UP_UNLOCK] = aReply[i];
    CHECK(p->pMethods->xUnlock(p, SQLITE_LOCK_SHARED)!=SQLITE_OK);
    /* SQLite now thinks SHARED.  A new RESERVED must not succeed from memory. */
    host.aReply[S3VFS_UP_LOCK] = REPLY(SQLITE_BUSY_SNAPSHOT, 0);
    CHECK_INT(p->pMethods->xLock(p, SQLITE_LOCK_RESERVED), SQLITE_BUSY_SNAPSHOT);
    CHECK_INT(host.aCall[S3VFS_UP_LOCK], 3);
    host.aReply[S3VFS_UP_UNLOCK] = REPLY_OK;
    CHECK_INT(p->pMethods->xUnlock(p, SQLITE_LOCK_NONE), SQLITE_OK);
    CHECK_INT(lockState(p), SQLITE_LOCK_NONE);
    stubClose(p);
  }
}

static void reserved_lock_is_a_truth_value(void){
  sqlite3_file *p = stubOpen();
  int b = 99;
  host.aReply[S3VFS_UP_RESERVED] = REPLY(SQLITE_OK, 1);
  CHECK_INT(p->pMethods->xCheckReservedLock(p, &b), SQLITE_OK);
  CHECK_INT(b, 1);
  CHECK_INT(host.aLast[S3VFS_UP_RESERVED].id, 7);
  host.aReply[S3VFS_UP_RESERVED] = REPLY_OK;
  CHECK_INT(p->pMethods->xCheckReservedLock(p, &b), SQLITE_OK);
  CHECK_INT(b, 0);
  host.aReply[S3VFS_UP_RESERVED] = REPLY(SQLITE_OK, 3);
  CHECK_INT(p->pMethods->xCheckReservedLock(p, &b), SQLITE_IOERR_CHECKRESERVEDLOCK);
  stubClose(p);
}

static void the_pager_may_rely_on_little(void){
  sqlite3_file *p = stubOpen();
  CHECK_INT(p->pMethods->xSectorSize(p), 512);
  CHECK_INT(p->pMethods->xDeviceCharacteristics(p), SQLITE_IOCAP_POWERSAFE_OVERWRITE);
  stubClose(p);
}

/*
** xFileControl.
*/
static int control(sqlite3_file *p, int op, void *pArg){
  return p->pMethods->xFileControl(p, op, pArg);
}

static void commit_points_reach_the_host(void){
  sqlite3_file *p = stubOpen();
  CHECK_INT(control(p, SQLITE_FCNTL_SYNC, 0), SQLITE_OK);
  CHECK_INT(host.aLast[S3VFS_UP_CONTROL].id, 7);
  CHECK_INT(host.aLast[S3VFS_UP_CONTROL].n, S3VFS_CONTROL_SYNC);
  CHECK_INT(control(p, SQLITE_FCNTL_COMMIT_PHASETWO, 0), SQLITE_OK);
  CHECK_INT(host.aLast[S3VFS_UP_CONTROL].n, S3VFS_CONTROL_COMMITTED);
  host.aReply[S3VFS_UP_CONTROL] = REPLY(SQLITE_BUSY_SNAPSHOT, 0);
  CHECK_INT(control(p, SQLITE_FCNTL_SYNC, 0), SQLITE_BUSY_SNAPSHOT);
  stubClose(p);
}

static void a_commit_point_cannot_be_not_found(void){
  sqlite3_file *p = stubOpen();
  host.aReply[S3VFS_UP_CONTROL] = REPLY(SQLITE_NOTFOUND, 0);
  CHECK_INT(control(p, SQLITE_FCNTL_SYNC, 0), SQLITE_IOERR_FSYNC);
  CHECK_INT(control(p, SQLITE_FCNTL_COMMIT_PHASETWO, 0), SQLITE_IOERR);
  stubClose(p);
}

static void journals_have_neither_commit_points_nor_pragmas(void){
  sqlite3_file *p;
  char *azArg[3] = { 0, (char*)"x", 0 };
  CHECK_INT(openAs(stubJournalName, SQLITE_OPEN_MAIN_JOURNAL, 0, &p), SQLITE_OK);
  CHECK_INT(control(p, SQLITE_FCNTL_SYNC, 0), SQLITE_NOTFOUND);
  CHECK_INT(control(p, SQLITE_FCNTL_COMMIT_PHASETWO, 0), SQLITE_NOTFOUND);
  CHECK_INT(control(p, SQLITE_FCNTL_PRAGMA, azArg), SQLITE_NOTFOUND);
  CHECK_INT(hostCalls(), 1);
  stubClose(p);
}

static const char *zPragmaText;
static char zPragmaSeen[64];
static void answerPragma(const HostCall *p){
  snprintf(zPragmaSeen, sizeof(zPragmaSeen), "%s=%s", STR(p->a), p->b ? STR(p->b) : "(null)");
  if( zPragmaText ) snprintf((char*)(uintptr_t)p->c, (size_t)p->n, "%s", zPragmaText);
}
static void answerEndlessPragma(const HostCall *p){
  memset((char*)(uintptr_t)p->c, 'x', (size_t)p->n);
}

static void a_pragma_passes_name_and_argument(void){
  sqlite3_file *p = stubOpen();
  char *azArg[3] = { 0, (char*)"cache", (char*)"12" };
  host.aHook[S3VFS_UP_PRAGMA] = answerPragma;
  zPragmaText = 0;
  CHECK_INT(control(p, SQLITE_FCNTL_PRAGMA, azArg), SQLITE_OK);
  CHECK(strcmp(zPragmaSeen, "cache=12")==0);
  CHECK_INT(host.aLast[S3VFS_UP_PRAGMA].id, 7);
  CHECK_INT(host.aLast[S3VFS_UP_PRAGMA].n, S3VFS_PRAGMA_TEXT);
  CHECK(azArg[0]==0);
  azArg[2] = 0;
  CHECK_INT(control(p, SQLITE_FCNTL_PRAGMA, azArg), SQLITE_OK);
  CHECK(strcmp(zPragmaSeen, "cache=(null)")==0);
  stubClose(p);
}

static void a_pragma_answers_text_error_or_not_found(void){
  static const struct { int rc; int bText; } a[] = {
    { SQLITE_OK, 1 }, { SQLITE_ERROR, 1 }, { SQLITE_BUSY, 1 }, { SQLITE_NOTFOUND, 0 }
  };
  sqlite3_file *p = stubOpen();
  int nLive = sq.nLive;
  size_t i;
  host.aHook[S3VFS_UP_PRAGMA] = answerPragma;
  zPragmaText = "50% %s text";
  for(i=0; i<sizeof(a)/sizeof(a[0]); i++){
    char *azArg[3] = { 0, (char*)"cache", 0 };
    host.aReply[S3VFS_UP_PRAGMA] = REPLY(a[i].rc, 0);
    CHECK_INT(control(p, SQLITE_FCNTL_PRAGMA, azArg), a[i].rc);
    CHECK_INT(azArg[0]!=0, a[i].bText);
    if( azArg[0] ) CHECK(strcmp(azArg[0], zPragmaText)==0);
    stubApi.free(azArg[0]);
    CHECK_INT(sq.nLive, nLive);
  }
  stubClose(p);
}

static void an_endless_pragma_text_is_cut(void){
  sqlite3_file *p = stubOpen();
  char *azArg[3] = { 0, (char*)"cache", 0 };
  host.aHook[S3VFS_UP_PRAGMA] = answerEndlessPragma;
  CHECK_INT(control(p, SQLITE_FCNTL_PRAGMA, azArg), SQLITE_OK);
  CHECK_INT(strlen(azArg[0]), S3VFS_PRAGMA_TEXT-1);
  stubApi.free(azArg[0]);
  stubClose(p);
}

static void simple_controls_are_answered_here(void){
  sqlite3_file *p = stubOpen();
  char *z = 0;
  int bMoved = 99, nCall = hostCalls();
  CHECK_INT(control(p, SQLITE_FCNTL_VFSNAME, &z), SQLITE_OK);
  CHECK(strcmp(z, "s3")==0);
  stubApi.free(z);
  CHECK_INT(control(p, SQLITE_FCNTL_HAS_MOVED, &bMoved), SQLITE_OK);
  CHECK_INT(bMoved, 0);
  CHECK_INT(lockState(p), SQLITE_LOCK_NONE);
  CHECK_INT(control(p, SQLITE_FCNTL_SIZE_HINT, &bMoved), SQLITE_NOTFOUND);
  CHECK_INT(control(p, SQLITE_FCNTL_BEGIN_ATOMIC_WRITE, 0), SQLITE_NOTFOUND);
  CHECK_INT(control(p, SQLITE_FCNTL_MMAP_SIZE, &z), SQLITE_NOTFOUND);
  CHECK_INT(hostCalls(), nCall);
  stubClose(p);
}

const Test fileTests[] = {
  TEST(open_passes_name_flags_and_parameters),
  TEST(no_parameters_are_an_empty_list),
  TEST(a_journal_has_the_parameters_of_its_database),
  TEST(a_super_journal_has_no_parameters),
  TEST(temporary_files_go_to_the_base_vfs),
  TEST(files_without_a_name_go_to_the_base_vfs),
  TEST(a_base_vfs_that_fails_leaves_no_methods),
  TEST(a_failed_open_leaves_no_methods),
  TEST(close_passes_the_handle_and_closes),
  TEST(a_failed_close_closes_too),
  TEST(read_passes_buffer_offset_and_count),
  TEST(a_short_read_is_filled_with_zeros),
  TEST(an_impossible_read_count_is_refused),
  TEST(write_passes_buffer_offset_and_count),
  TEST(truncate_and_sync_pass_their_argument),
  TEST(size_comes_through_memory),
  TEST(locks_make_an_upcall_when_the_level_changes),
  TEST(a_busy_lock_changes_nothing),
  TEST(after_a_broken_lock_the_host_is_asked),
  TEST(after_a_broken_unlock_the_host_is_asked),
  TEST(reserved_lock_is_a_truth_value),
  TEST(the_pager_may_rely_on_little),
  TEST(commit_points_reach_the_host),
  TEST(a_commit_point_cannot_be_not_found),
  TEST(journals_have_neither_commit_points_nor_pragmas),
  TEST(a_pragma_passes_name_and_argument),
  TEST(a_pragma_answers_text_error_or_not_found),
  TEST(an_endless_pragma_text_is_cut),
  TEST(simple_controls_are_answered_here),
  TEST_END
};
