/*
** The entry point, registration, and the methods of the VFS.
*/
#include <stdint.h>
#include "check.h"
#include "stub.h"

/*
** Entry point.  These run in this order, before anything else.
*/
static void nothing_works_before_the_entry_point_has_run(void){
  CHECK_INT(s3vfs_abi(), 0);
  CHECK_INT(s3vfs_register("s3", 1), SQLITE_MISUSE);
  CHECK_INT(s3vfs_unregister("s3"), SQLITE_NOTFOUND);
  CHECK_INT(hostBindWith(-1, 0), SQLITE_MISUSE);
  CHECK_INT(s3vfs_unbind(), SQLITE_OK);
  CHECK_INT(s3vfs_clock((sqlite3_int64)(uintptr_t)stubGettime, S3VFS_CLOCK_POSIX, 1), SQLITE_MISUSE);
  CHECK_INT(s3vfs_now(), -1);
  CHECK_INT(s3vfs_cache_new(1<<20), 0);
}

static int oldVersion(void){ return 3030001; }

static void an_unsuitable_sqlite_is_refused(void){
  sqlite3_api_routines api = stubApi;
  char *zErr = 0;
  api.libversion_number = oldVersion;
  CHECK_INT(sqlite3_s3vfs_init(0, &zErr, &api), SQLITE_ERROR);
  CHECK(zErr && strstr(zErr, "3.31"));
  stubApi.free(zErr);
  api = stubApi;
  api.mutex_alloc = 0;
  CHECK_INT(sqlite3_s3vfs_init(0, &zErr, &api), SQLITE_ERROR);
  CHECK(zErr && strstr(zErr, "mutex"));
  stubApi.free(zErr);
  CHECK_INT(sqlite3_s3vfs_init(0, 0, &api), SQLITE_ERROR);
  CHECK_INT(s3vfs_abi(), 0);
}

static void the_entry_point_may_run_twice(void){
  CHECK_INT(sqlite3_s3vfs_init(0, 0, &stubApi), SQLITE_OK_LOAD_PERMANENTLY);
  CHECK_INT(s3vfs_abi(), S3VFS_ABI);
  CHECK_INT(sqlite3_s3vfs_init(0, 0, &stubApi), SQLITE_OK_LOAD_PERMANENTLY);
  CHECK_INT(s3vfs_abi(), S3VFS_ABI);
}

static void a_second_sqlite_is_refused(void){
  sqlite3_api_routines other = stubApi;
  char *zErr = 0;
  CHECK_INT(sqlite3_s3vfs_init(0, &zErr, &other), SQLITE_ERROR);
  CHECK(zErr && strstr(zErr, "another SQLite"));
  stubApi.free(zErr);
  CHECK_INT(s3vfs_abi(), S3VFS_ABI);
}

static void without_a_default_vfs_none_is_registered(void){
  CHECK_INT(s3vfs_register("first", 1), SQLITE_ERROR);
  CHECK(sq.pList==0 && !sq.bMadeDefault);
}

const Test entryTests[] = {
  TEST(nothing_works_before_the_entry_point_has_run),
  TEST(an_unsuitable_sqlite_is_refused),
  TEST(the_entry_point_may_run_twice),
  TEST(a_second_sqlite_is_refused),
  TEST(without_a_default_vfs_none_is_registered),
  TEST_END
};

/*
** Registration.
*/
static void a_vfs_says_what_it_is(void){
  sqlite3_vfs *p = stubVfs();
  CHECK_INT(p->iVersion, 2);
  CHECK_INT(p->mxPathname, S3VFS_MAX_PATH);
  CHECK_INT(p->szOsFile, 200);
  CHECK(strcmp(p->zName, "s3")==0);
}

static void a_file_has_room_for_the_larger_of_both_kinds(void){
  base.vfs.szOsFile = 8;
  CHECK_INT(s3vfs_register("small base", 1), SQLITE_OK);
  CHECK(stubApi.vfs_find("small base")->szOsFile>(int)sizeof(sqlite3_file)+8);
  base.vfs.szOsFile = 5000;
  CHECK_INT(s3vfs_register("large base", 1), SQLITE_OK);
  CHECK_INT(stubApi.vfs_find("large base")->szOsFile, 5000);
}

static void an_old_base_vfs_makes_an_old_vfs(void){
  base.vfs.iVersion = 1;
  base.vfs.xCurrentTimeInt64 = 0;
  CHECK_INT(s3vfs_register("old base", 1), SQLITE_OK);
  CHECK_INT(stubApi.vfs_find("old base")->iVersion, 1);
  CHECK(stubApi.vfs_find("old base")->xCurrentTimeInt64==0);
}

static void a_vfs_is_never_the_default_one(void){
  CHECK(stubApi.vfs_find(0)==&base.vfs);
  CHECK_INT(sq.bMadeDefault, 0);
}

static void a_taken_name_is_busy(void){
  CHECK_INT(s3vfs_register("s3", 4), SQLITE_BUSY);
  CHECK_INT(s3vfs_register("base", 4), SQLITE_BUSY);
}

static void a_name_is_needed(void){
  CHECK_INT(s3vfs_register(0, 1), SQLITE_MISUSE);
  CHECK_INT(s3vfs_register("", 1), SQLITE_MISUSE);
  CHECK_INT(s3vfs_unregister(0), SQLITE_NOTFOUND);
}

static void the_name_is_copied(void){
  char zName[] = "copy";
  CHECK_INT(s3vfs_register(zName, 1), SQLITE_OK);
  zName[0] = 'x';
  CHECK(stubApi.vfs_find("copy")!=0);
}

static void a_name_comes_back_with_its_memory_and_a_new_id(void){
  sqlite3_vfs *p = stubVfs();
  int bRes, nAlloc;
  CHECK_INT(s3vfs_unregister("s3"), SQLITE_OK);
  CHECK(stubVfs()==0);
  CHECK_INT(s3vfs_unregister("s3"), SQLITE_NOTFOUND);
  nAlloc = sq.nAlloc;
  CHECK_INT(s3vfs_register("s3", 44), SQLITE_OK);
  CHECK_INT(sq.nAlloc, nAlloc);
  CHECK(stubVfs()==p);
  CHECK_INT(p->xAccess(p, "/b/x", SQLITE_ACCESS_EXISTS, &bRes), SQLITE_OK);
  CHECK_INT(host.aLast[S3VFS_UP_ACCESS].id, 44);
}

static void an_unregistered_vfs_can_still_be_used(void){
  sqlite3_vfs *p = stubVfs();
  sqlite3_file *pFile = stubNewFile();
  CHECK_INT(s3vfs_unregister("s3"), SQLITE_OK);
  CHECK_INT(p->xOpen(p, stubDbName, pFile, SQLITE_OPEN_MAIN_DB, 0), SQLITE_OK);
  CHECK_INT(host.aLast[S3VFS_UP_OPEN].id, 3);
  stubClose(pFile);
}

static void two_vfses_have_two_ids(void){
  sqlite3_vfs *p;
  int bRes;
  CHECK_INT(s3vfs_register("second", 12), SQLITE_OK);
  p = stubApi.vfs_find("second");
  CHECK(p && p!=stubVfs());
  CHECK_INT(p->xAccess(p, "/b/x", 0, &bRes), SQLITE_OK);
  CHECK_INT(host.aLast[S3VFS_UP_ACCESS].id, 12);
  CHECK_INT(stubVfs()->xAccess(stubVfs(), "/b/x", 0, &bRes), SQLITE_OK);
  CHECK_INT(host.aLast[S3VFS_UP_ACCESS].id, 3);
}

static void only_own_vfses_are_unregistered(void){
  CHECK_INT(s3vfs_unregister("base"), SQLITE_NOTFOUND);
  CHECK(stubApi.vfs_find("base")!=0);
}

static void a_failed_registration_can_be_repeated(void){
  sq.rcRegister = SQLITE_ERROR;
  CHECK_INT(s3vfs_register("again", 5), SQLITE_ERROR);
  CHECK_INT(s3vfs_unregister("again"), SQLITE_NOTFOUND);
  sq.rcRegister = SQLITE_OK;
  CHECK_INT(s3vfs_register("again", 5), SQLITE_OK);
}

/*
** Methods that make upcalls.
*/
static const char *zSeen;     /* the string that a hook found */
static char aSeen[256];
static void seePath(const HostCall *p){
  snprintf(aSeen, sizeof(aSeen), "%s", STR(p->a));
  zSeen = aSeen;
}

static void delete_passes_name_and_sync(void){
  sqlite3_vfs *p = stubVfs();
  host.aHook[S3VFS_UP_DELETE] = seePath;
  CHECK_INT(p->xDelete(p, "/b/x-journal", 1), SQLITE_OK);
  CHECK(strcmp(zSeen, "/b/x-journal")==0);
  CHECK_INT(host.aLast[S3VFS_UP_DELETE].id, 3);
  CHECK_INT(host.aLast[S3VFS_UP_DELETE].n, 1);
  host.aReply[S3VFS_UP_DELETE] = REPLY(SQLITE_IOERR_DELETE_NOENT, 0);
  CHECK_INT(p->xDelete(p, "/b/x-journal", 0), SQLITE_IOERR_DELETE_NOENT);
  CHECK_INT(host.aLast[S3VFS_UP_DELETE].n, 0);
}

static void access_passes_name_and_flags(void){
  sqlite3_vfs *p = stubVfs();
  int bRes = 99;
  host.aHook[S3VFS_UP_ACCESS] = seePath;
  host.aReply[S3VFS_UP_ACCESS] = REPLY(SQLITE_OK, 1);
  CHECK_INT(p->xAccess(p, "/b/x", SQLITE_ACCESS_READWRITE, &bRes), SQLITE_OK);
  CHECK_INT(bRes, 1);
  CHECK(strcmp(zSeen, "/b/x")==0);
  CHECK_INT(host.aLast[S3VFS_UP_ACCESS].n, SQLITE_ACCESS_READWRITE);
  host.aReply[S3VFS_UP_ACCESS] = REPLY_OK;
  CHECK_INT(p->xAccess(p, "/b/x", SQLITE_ACCESS_EXISTS, &bRes), SQLITE_OK);
  CHECK_INT(bRes, 0);
}

static void access_answer_must_be_a_truth_value(void){
  sqlite3_vfs *p = stubVfs();
  int bRes = 99;
  host.aReply[S3VFS_UP_ACCESS] = REPLY(SQLITE_OK, 2);
  CHECK_INT(p->xAccess(p, "/b/x", 0, &bRes), SQLITE_IOERR_ACCESS);
  CHECK_INT(bRes, 0);
  host.aReply[S3VFS_UP_ACCESS] = REPLY(SQLITE_OK, -1);
  CHECK_INT(p->xAccess(p, "/b/x", 0, &bRes), SQLITE_IOERR_ACCESS);
}

static void there_is_never_a_wal_file(void){
  sqlite3_vfs *p = stubVfs();
  int bRes = 99;
  host.aReply[S3VFS_UP_ACCESS] = REPLY(SQLITE_OK, 1);
  CHECK_INT(p->xAccess(p, "/b/x-wal", SQLITE_ACCESS_EXISTS, &bRes), SQLITE_OK);
  CHECK_INT(bRes, 0);
  CHECK_INT(p->xAccess(p, "-wal", SQLITE_ACCESS_EXISTS, &bRes), SQLITE_OK);
  CHECK_INT(hostCalls(), 0);
  CHECK_INT(p->xAccess(p, "wal", SQLITE_ACCESS_EXISTS, &bRes), SQLITE_OK);
  CHECK_INT(p->xAccess(p, "", SQLITE_ACCESS_EXISTS, &bRes), SQLITE_OK);
  CHECK_INT(p->xAccess(p, "/b/x-wal2", SQLITE_ACCESS_EXISTS, &bRes), SQLITE_OK);
  CHECK_INT(hostCalls(), 3);
}

static const char *zFull;
static void writeFull(const HostCall *p){
  seePath(p);
  if( zFull ) snprintf((char*)(uintptr_t)p->b, (size_t)p->n, "%s", zFull);
}
static void fillAll(const HostCall *p){
  memset((char*)(uintptr_t)p->b, 'x', (size_t)p->n);
}

static void full_pathname_is_the_hosts(void){
  sqlite3_vfs *p = stubVfs();
  char zOut[64];
  zFull = "/bucket/key";
  host.aHook[S3VFS_UP_FULLPATH] = writeFull;
  CHECK_INT(p->xFullPathname(p, "key", sizeof(zOut), zOut), SQLITE_OK);
  CHECK(strcmp(zOut, "/bucket/key")==0);
  CHECK(strcmp(zSeen, "key")==0);
  CHECK_INT(host.aLast[S3VFS_UP_FULLPATH].n, sizeof(zOut));
  CHECK_INT(host.aLast[S3VFS_UP_FULLPATH].id, 3);
}

static void full_pathname_is_neither_empty_nor_endless(void){
  sqlite3_vfs *p = stubVfs();
  char zOut[16];
  memset(zOut, 'y', sizeof(zOut));
  CHECK_INT(p->xFullPathname(p, "key", sizeof(zOut), zOut), SQLITE_CANTOPEN_FULLPATH);
  CHECK_INT(zOut[0], 0);
  host.aHook[S3VFS_UP_FULLPATH] = fillAll;
  CHECK_INT(p->xFullPathname(p, "key", sizeof(zOut), zOut), SQLITE_OK);
  CHECK_INT(strlen(zOut), sizeof(zOut)-1);
  CHECK_INT(p->xFullPathname(p, "key", 0, 0), SQLITE_CANTOPEN_FULLPATH);
}

/*
** Methods of the base VFS.
*/
#define CHECK_BASE(NAME, ARG, I) do{ \
  CHECK(base.zCall && strcmp(base.zCall, NAME)==0); \
  CHECK(base.zArg==(ARG)); \
  CHECK_INT(base.iArg, I); \
}while( 0 )

static void everything_else_goes_to_the_base_vfs(void){
  sqlite3_vfs *p = stubVfs();
  char a[8];
  double r = 0;
  sqlite3_int64 i = 0;
  void *pLib = p->xDlOpen(p, "lib.so");
  CHECK_BASE("xDlOpen", base.zArg, 0);
  CHECK(pLib==&base && strcmp(base.zArg, "lib.so")==0);
  p->xDlError(p, 8, a);
  CHECK_BASE("xDlError", a, 8);
  CHECK(p->xDlSym(p, pLib, "sym")==(void(*)(void))stubReset);
  CHECK(strcmp(base.zCall, "xDlSym")==0 && strcmp(base.zArg, "sym")==0 && base.iArg==1);
  p->xDlClose(p, pLib);
  CHECK_BASE("xDlClose", 0, 1);
  CHECK_INT(p->xRandomness(p, 8, a), 8);
  CHECK_BASE("xRandomness", a, 8);
  CHECK_INT(p->xSleep(p, 5), 5);
  CHECK_INT(p->xCurrentTime(p, &r), SQLITE_OK);
  CHECK(r==2.5);
  CHECK_BASE("xCurrentTime", 0, 0);
  CHECK_INT(p->xCurrentTimeInt64(p, &i), SQLITE_OK);
  CHECK_INT(i, 25);
  CHECK_BASE("xCurrentTimeInt64", 0, 0);
  CHECK_INT(hostCalls(), 0);
}

static void there_is_no_last_error(void){
  sqlite3_vfs *p = stubVfs();
  char a[4] = "abc";
  CHECK_INT(p->xGetLastError(p, 0, a), 0);
  CHECK_INT(a[0], 'a');
  CHECK_INT(p->xGetLastError(p, 4, a), 0);
  CHECK_INT(a[0], 0);
  CHECK_INT(p->xGetLastError(p, 4, 0), 0);
}

const Test vfsTests[] = {
  TEST(a_vfs_says_what_it_is),
  TEST(a_file_has_room_for_the_larger_of_both_kinds),
  TEST(an_old_base_vfs_makes_an_old_vfs),
  TEST(a_vfs_is_never_the_default_one),
  TEST(a_taken_name_is_busy),
  TEST(a_name_is_needed),
  TEST(the_name_is_copied),
  TEST(a_name_comes_back_with_its_memory_and_a_new_id),
  TEST(an_unregistered_vfs_can_still_be_used),
  TEST(two_vfses_have_two_ids),
  TEST(only_own_vfses_are_unregistered),
  TEST(a_failed_registration_can_be_repeated),
  TEST(delete_passes_name_and_sync),
  TEST(access_passes_name_and_flags),
  TEST(access_answer_must_be_a_truth_value),
  TEST(there_is_never_a_wal_file),
  TEST(full_pathname_is_the_hosts),
  TEST(full_pathname_is_neither_empty_nor_endless),
  TEST(everything_else_goes_to_the_base_vfs),
  TEST(there_is_no_last_error),
  TEST_END
};
