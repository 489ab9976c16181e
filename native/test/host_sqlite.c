/*
** Loads the built library into a real SQLite and runs SQL through it.
**
**   host_sqlite LIBRARY COPY-OF-LIBRARY
**
** The tests run in this order.  The first one loads the library, the last one
** takes its upcalls away.
*/
#define _DEFAULT_SOURCE       /* for CLOCK_MONOTONIC */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "../sqlite/sqlite3.h"
#include "check.h"
#include "host_blob.h"
#include "host_vtab.h"
#include "host_load.h"
#include "host_store.h"

#define CACHE_BYTES (304*1024)

int checkFailed;
static const char *zLib, *zCopy;

/* The library's functions, looked up as the host does it. */
static struct Lib {
  int (*abi)(void);
  int (*bind)(s3vfs_upcall, s3vfs_upcall, s3vfs_upcall, s3vfs_upcall, s3vfs_upcall,
              s3vfs_upcall, s3vfs_upcall, s3vfs_upcall, s3vfs_upcall, s3vfs_upcall,
              s3vfs_upcall, s3vfs_upcall, s3vfs_upcall, s3vfs_upcall, s3vfs_upcall,
              s3vfs_upcall, s3vfs_upcall, s3vfs_upcall, s3vfs_upcall, s3vfs_upcall,
              s3vfs_upcall, s3vfs_upcall);
  int (*unbind)(void);
  int (*reg)(const char*, int);
  int (*unreg)(const char*);
  int (*clock)(sqlite3_int64, int, int);
  sqlite3_int64 (*cacheNew)(sqlite3_int64);
  void (*cacheFree)(sqlite3_int64);
  sqlite3_int64 (*cacheStat)(sqlite3_int64, int);
} lib, copy;

static void look(void *pLib, const char *zName, void *pOut){
  void *p = librarySymbol(pLib, zName);
  if( p==0 ) abort();
  memcpy(pOut, &p, sizeof(p));
}
static void lookUp(const char *zFile, struct Lib *p){
  void *pLib = libraryOpen(zFile);
  if( pLib==0 ) abort();
  look(pLib, "s3vfs_abi", &p->abi);
  look(pLib, "s3vfs_bind", &p->bind);
  look(pLib, "s3vfs_unbind", &p->unbind);
  look(pLib, "s3vfs_register", &p->reg);
  look(pLib, "s3vfs_unregister", &p->unreg);
  look(pLib, "s3vfs_clock", &p->clock);
  look(pLib, "s3vfs_cache_new", &p->cacheNew);
  look(pLib, "s3vfs_cache_free", &p->cacheFree);
  look(pLib, "s3vfs_cache_stat", &p->cacheStat);
}

/* The system's clock, found by its name, as the host does it: a header might
** choose another function with another struct timespec. */
static int setClock(struct Lib *p){
#if defined(_WIN32)
  void *pClock = librarySymbol((void*)GetModuleHandleA("kernel32"), "GetTickCount64");
  return p->clock((sqlite3_int64)(uintptr_t)pClock, S3VFS_CLOCK_TICKS, 0);
#else
  void *pClock = librarySymbol(libraryOpen(0), "clock_gettime");
  return p->clock((sqlite3_int64)(uintptr_t)pClock, S3VFS_CLOCK_POSIX, CLOCK_MONOTONIC);
#endif
}
/* From now on, the store's databases have volumes. */
static void useCache(const char *zFile, sqlite3_int64 nByte){
  void *pLib = libraryOpen(zFile);
  if( pLib==0 ) abort();
  look(pLib, "s3vfs_now", &storeCache.now);
  look(pLib, "s3vfs_volume_new", &storeCache.volumeNew);
  look(pLib, "s3vfs_volume_hold", &storeCache.volumeHold);
  look(pLib, "s3vfs_volume_release", &storeCache.volumeRelease);
  look(pLib, "s3vfs_volume_view", &storeCache.volumeView);
  look(pLib, "s3vfs_volume_fresh", &storeCache.volumeFresh);
  look(pLib, "s3vfs_volume_stale", &storeCache.volumeStale);
  look(pLib, "s3vfs_page_read", &storeCache.pageRead);
  look(pLib, "s3vfs_page_put", &storeCache.pagePut);
  storeCache.cache = lib.cacheNew(nByte);
}
static int bindStore(struct Lib *p){
  const s3vfs_upcall *a = storeUpcalls, *t = vtabUpcalls;
  return p->bind(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7],
                 a[8], a[9], a[10], a[11], a[12], a[13], a[14], t[0], t[1], t[2], t[3], t[4],
                 t[5], t[6]);
}

/*
** SQL.
*/
static sqlite3 *openUri(const char *zUri){
  sqlite3 *db = 0;
  int rc = sqlite3_open_v2(zUri, &db, SQLITE_OPEN_READWRITE|SQLITE_OPEN_CREATE|SQLITE_OPEN_URI, 0);
  if( rc!=SQLITE_OK ){
    sqlite3_close(db);
    return 0;
  }
  return db;
}
static sqlite3 *openDb(void){
  return openUri("file:/bucket/a.db?vfs=s3test&answer=42&empty=");
}
static int run(sqlite3 *db, const char *zSql){
  return sqlite3_exec(db, zSql, 0, 0, 0);
}
/* The first column of the first row, as text; a static buffer. */
static const char *get(sqlite3 *db, const char *zSql){
  static char zOut[512];
  sqlite3_stmt *pStmt = 0;
  snprintf(zOut, sizeof(zOut), "(none)");
  if( sqlite3_prepare_v2(db, zSql, -1, &pStmt, 0)==SQLITE_OK && sqlite3_step(pStmt)==SQLITE_ROW ){
    const unsigned char *z = sqlite3_column_text(pStmt, 0);
    snprintf(zOut, sizeof(zOut), "%s", z ? (const char*)z : "(null)");
  }
  if( sqlite3_finalize(pStmt)!=SQLITE_OK ) snprintf(zOut, sizeof(zOut), "error: %s", sqlite3_errmsg(db));
  return zOut;
}
#define CHECK_GET(DB, SQL, WANT) do{ \
  const char *zGot_ = get(DB, SQL); \
  if( strcmp(zGot_, WANT) ) printf("%s: %s\n", SQL, zGot_); \
  CHECK(strcmp(zGot_, WANT)==0); }while( 0 )

static void the_library_loads(void){
  sqlite3 *db = 0;
  char *zErr = 0;
  int i;
  lookUp(zLib, &lib);
  CHECK_INT(lib.abi(), 0);
  CHECK_INT(lib.reg("s3test", 1), SQLITE_MISUSE);
  for(i=0; i<2; i++){
    CHECK_INT(sqlite3_open(":memory:", &db), SQLITE_OK);
    CHECK_INT(sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, 0), SQLITE_OK);
    CHECK_INT(sqlite3_load_extension(db, zLib, "sqlite3_s3vfs_init", &zErr), SQLITE_OK);
    CHECK(zErr==0);
    CHECK_INT(sqlite3_close(db), SQLITE_OK);
  }
  CHECK_INT(lib.abi(), S3VFS_ABI);
  CHECK_INT(bindStore(&lib), SQLITE_OK);
  CHECK_INT(lib.reg("s3test", 1), SQLITE_OK);
  CHECK_INT(setClock(&lib), SQLITE_OK);
  useCache(zLib, CACHE_BYTES);
  CHECK(storeCache.cache!=0 && storeCache.now()>0);
  CHECK(sqlite3_vfs_find(0)!=sqlite3_vfs_find("s3test"));
}

/* SQLite loads extensions with RTLD_GLOBAL: their symbols see each other. */
static void a_copy_of_the_library_is_on_its_own(void){
  sqlite3 *db = 0;
  lookUp(zCopy, &copy);
  CHECK(copy.abi!=lib.abi);
  CHECK_INT(copy.abi(), 0);
  CHECK_INT(copy.reg("s3copy", 1), SQLITE_MISUSE);
  CHECK_INT(sqlite3_open(":memory:", &db), SQLITE_OK);
  CHECK_INT(sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, 0), SQLITE_OK);
  CHECK_INT(sqlite3_load_extension(db, zCopy, "sqlite3_s3vfs_init", 0), SQLITE_OK);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
  CHECK_INT(copy.abi(), S3VFS_ABI);
  CHECK_INT(copy.reg("s3test", 1), SQLITE_BUSY);
  CHECK_INT(copy.unreg("s3test"), SQLITE_NOTFOUND);
  CHECK_INT(copy.reg("s3copy", 1), SQLITE_OK);
  CHECK(openUri("file:/bucket/b.db?vfs=s3copy")==0);    /* nothing bound there */
  CHECK_INT(copy.unbind(), SQLITE_OK);
  CHECK_INT(copy.unreg("s3copy"), SQLITE_OK);
}

static void rows_are_kept(void){
  sqlite3 *db = openDb();
  CHECK(db!=0);
  CHECK_INT(run(db, "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT)"), SQLITE_OK);
  CHECK(strstr(store.zParams, "answer=42;")!=0 && strstr(store.zParams, "empty=;")!=0);
  CHECK_INT(run(db, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<5000)"
                    " INSERT INTO t SELECT x, 'row ' || x || hex(zeroblob(x%97)) FROM c"), SQLITE_OK);
  CHECK_GET(db, "SELECT count(*) FROM t", "5000");
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
  CHECK_INT(store.nOpen, 0);
  CHECK(store.nShortRead>0);
  db = openDb();
  CHECK_GET(db, "SELECT count(*) || substr(max(b),1,8) FROM t", "5000row 999" "0");
  CHECK_GET(db, "PRAGMA integrity_check", "ok");
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
  CHECK_INT(storeFiles(), 1);
}

static void rollback_undoes_what_was_spilled(void){
  sqlite3 *db = openDb();
  CHECK_INT(run(db, "PRAGMA cache_size=5; BEGIN; UPDATE t SET b='gone'; DELETE FROM t WHERE a>100"), SQLITE_OK);
  CHECK(storeSize("/bucket/a.db-journal")>0);
  CHECK(strstr(store.zParams, "answer=42;")!=0);        /* of the journal */
  CHECK_INT(run(db, "ROLLBACK"), SQLITE_OK);
  CHECK_INT(storeSize("/bucket/a.db-journal"), -1);
  CHECK_GET(db, "SELECT count(*) FROM t WHERE b LIKE 'row %'", "5000");
  CHECK_GET(db, "PRAGMA integrity_check", "ok");
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void a_commit_is_announced_once(void){
  sqlite3 *db = openDb();
  int nSync = store.nSync, nCommitted = store.nCommitted;
  CHECK_INT(run(db, "UPDATE t SET b=b||'!' WHERE a=7"), SQLITE_OK);
  CHECK_INT(store.nSync, nSync+1);
  CHECK_INT(store.nCommitted, nCommitted+1);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void a_lost_commit_is_rolled_back(void){
  sqlite3 *db = openDb();
  store.rcSync = SQLITE_BUSY_SNAPSHOT;
  sqlite3_extended_result_codes(db, 1);
  CHECK_INT(run(db, "UPDATE t SET b='lost'"), SQLITE_BUSY_SNAPSHOT);
  CHECK_INT(sqlite3_get_autocommit(db), 1);
  CHECK_GET(db, "SELECT count(*) FROM t WHERE b='lost'", "0");
  CHECK_GET(db, "PRAGMA integrity_check", "ok");
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void vacuum_shrinks_the_file(void){
  sqlite3 *db = openDb();
  sqlite3_int64 size = storeSize("/bucket/a.db");
  CHECK_INT(run(db, "DELETE FROM t WHERE a%10<>0; VACUUM"), SQLITE_OK);
  CHECK(storeSize("/bucket/a.db")<size/2);
  CHECK_GET(db, "SELECT count(*) FROM t", "500");
  CHECK_GET(db, "PRAGMA integrity_check", "ok");
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void every_journal_mode_but_wal_works(void){
  static const char *const azMode[] = { "truncate", "persist", "memory", "off", "delete" };
  sqlite3 *db = openDb();
  int i;
  for(i=0; i<5; i++){
    char zSql[80];
    snprintf(zSql, sizeof(zSql), "PRAGMA journal_mode=%s", azMode[i]);
    CHECK_GET(db, zSql, azMode[i]);
    CHECK_INT(run(db, "UPDATE t SET b=b||'.'"), SQLITE_OK);
    CHECK_GET(db, "PRAGMA integrity_check", "ok");
  }
  CHECK_GET(db, "PRAGMA journal_mode=wal", "delete");
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void connections_lock_each_other_out(void){
  sqlite3 *db1 = openDb(), *db2 = openDb();
  CHECK_INT(run(db1, "BEGIN IMMEDIATE"), SQLITE_OK);
  CHECK_INT(run(db2, "BEGIN IMMEDIATE"), SQLITE_BUSY);
  CHECK_GET(db2, "SELECT count(*) FROM t", "500");
  CHECK_INT(run(db1, "INSERT INTO t VALUES(1000000,'x'); COMMIT"), SQLITE_OK);
  CHECK_GET(db2, "SELECT count(*) FROM t", "501");
  CHECK_INT(run(db2, "BEGIN IMMEDIATE; DELETE FROM t WHERE a=1000000; COMMIT"), SQLITE_OK);
  CHECK_INT(sqlite3_close(db1), SQLITE_OK);
  CHECK_INT(sqlite3_close(db2), SQLITE_OK);
}

/*
** Without upcalls.
*/
static sqlite3 *openWarm(void){
  sqlite3 *db = openUri("file:/bucket/a.db?vfs=s3test&stale=1000000000000000");
  /* So that SQLite asks for pages again and again. */
  if( run(db, "PRAGMA cache_size=5")!=SQLITE_OK ) abort();
  return db;
}
static const char *const zAll = "SELECT count(*) || ' ' || sum(a) || ' ' || sum(length(b)) FROM t";

static void a_warm_select_makes_no_upcall(void){
  sqlite3 *db = openWarm();
  sqlite3_int64 nHit;
  int nUpcall, i;
  CHECK_INT(run(db, "DELETE FROM t;"
                    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<2000)"
                    " INSERT OR REPLACE INTO t SELECT x, 'row ' || x FROM c"), SQLITE_OK);
  CHECK_GET(db, "SELECT count(*) FROM t", "2000");
  nUpcall = store.nUpcall;
  nHit = lib.cacheStat(storeCache.cache, S3VFS_STAT_HITS);
  for(i=0; i<3; i++){
    CHECK_GET(db, "SELECT count(*) FROM t", "2000");
    CHECK_GET(db, "SELECT b FROM t WHERE a=1234", "row 1234");
    CHECK_GET(db, "SELECT b FROM t WHERE b='row 77'", "row 77");
  }
  CHECK_INT(store.nUpcall, nUpcall);
  CHECK(lib.cacheStat(storeCache.cache, S3VFS_STAT_HITS)>nHit+20);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void a_new_connection_finds_what_others_have_read(void){
  sqlite3 *db;
  int nRead = store.nRead;
  db = openWarm();
  CHECK_GET(db, "SELECT count(*) FROM t", "2000");
  CHECK(store.nRead<=nRead+5);          /* the header, before it has a lock, and so on */
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void a_warm_connection_sees_what_others_commit(void){
  static const char *const azSql[] = {
    "UPDATE t SET b=b||'!' WHERE a%100=7",
    "INSERT INTO t(b) VALUES('new')",
    "DELETE FROM t WHERE a IN (SELECT a FROM t ORDER BY a LIMIT 20)",
    "INSERT INTO t(b) SELECT b || hex(zeroblob(100)) FROM t LIMIT 200",
    "UPDATE t SET b=substr(b,1,10)",
    "BEGIN; DELETE FROM t; ROLLBACK",
    "VACUUM",
    "DELETE FROM t WHERE a%3=0",
    "PRAGMA page_size=1024; VACUUM",
    "UPDATE t SET b=b||'?' WHERE a%50=8",
    "PRAGMA page_size=4096; VACUUM"
  };
  sqlite3 *a[3] = { openWarm(), openWarm(), openDb() };
  sqlite3 *mem = 0;
  int i, j, nStep = (int)(sizeof(azSql)/sizeof(azSql[0]));
  CHECK_INT(sqlite3_open(":memory:", &mem), SQLITE_OK);
  CHECK_INT(run(mem, "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);"
                     "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<2000)"
                     " INSERT INTO t SELECT x, 'row ' || x FROM c"), SQLITE_OK);
  for(i=0; i<3*nStep; i++){
    char zWant[100];
    int nView = store.nView;
    CHECK_INT(run(a[i%3], azSql[i%nStep]), SQLITE_OK);      /* the one or the other */
    CHECK_INT(run(mem, azSql[i%nStep]), SQLITE_OK);
    snprintf(zWant, sizeof(zWant), "%s", get(mem, zAll));
    for(j=0; j<3; j++) CHECK_GET(a[j], zAll, zWant);
    CHECK(store.nView>=nView);
    for(j=0; j<2; j++){
      int nUpcall = store.nUpcall;
      CHECK_GET(a[j], zAll, zWant);
      CHECK_INT(store.nUpcall, nUpcall);
    }
    if( i%4==0 ) CHECK_GET(a[0], "PRAGMA integrity_check", "ok");
  }
  for(j=0; j<3; j++) CHECK_INT(sqlite3_close(a[j]), SQLITE_OK);
  CHECK_INT(sqlite3_close(mem), SQLITE_OK);
}

static void a_warm_reader_keeps_a_writer_waiting(void){
  sqlite3 *db1 = openWarm(), *db2 = openDb();
  sqlite3_stmt *pStmt = 0;
  int nUpcall;
  CHECK_GET(db1, "SELECT count(*)>1 FROM t", "1");
  CHECK_INT(sqlite3_prepare_v2(db1, "SELECT a FROM t", -1, &pStmt, 0), SQLITE_OK);
  nUpcall = store.nUpcall;
  CHECK_INT(sqlite3_step(pStmt), SQLITE_ROW);
  CHECK_INT(store.nUpcall, nUpcall);
  CHECK_INT(run(db2, "BEGIN; DELETE FROM t WHERE a=(SELECT max(a) FROM t)"), SQLITE_OK);
  CHECK_INT(run(db2, "COMMIT"), SQLITE_BUSY);
  CHECK_INT(sqlite3_finalize(pStmt), SQLITE_OK);
  CHECK_INT(run(db2, "COMMIT"), SQLITE_OK);
  CHECK_INT(sqlite3_close(db1), SQLITE_OK);
  CHECK_INT(sqlite3_close(db2), SQLITE_OK);
}

static void a_warm_reader_becomes_a_writer(void){
  sqlite3 *db1 = openWarm(), *db2 = openWarm();
  int nUpcall, nEntered = store.nEntered;
  CHECK_GET(db1, "SELECT count(*)>1 FROM t", "1");
  nUpcall = store.nUpcall;
  CHECK_INT(run(db1, "BEGIN; SELECT count(*) FROM t"), SQLITE_OK);
  CHECK_INT(store.nUpcall, nUpcall);
  CHECK_INT(run(db1, "UPDATE t SET b='mine' WHERE a=(SELECT max(a) FROM t)"), SQLITE_OK);
  CHECK_INT(store.nEntered, nEntered+1);
  CHECK_INT(run(db2, "UPDATE t SET b='yours' WHERE a=(SELECT max(a) FROM t)"), SQLITE_BUSY);
  CHECK_INT(run(db1, "COMMIT"), SQLITE_OK);
  CHECK_GET(db2, "SELECT b FROM t ORDER BY a DESC", "mine");
  CHECK_INT(sqlite3_close(db1), SQLITE_OK);
  CHECK_INT(sqlite3_close(db2), SQLITE_OK);
}

/* The tests that follow have five hundred rows, and no connections that are warm. */
static void the_cache_is_small_beside_the_database(void){
  sqlite3 *db = openWarm(), *dbOther = openWarm();
  CHECK_INT(run(db, "DELETE FROM t;"
                    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<1000)"
                    " INSERT OR REPLACE INTO t SELECT x, hex(zeroblob(300)) FROM c"), SQLITE_OK);
  CHECK(storeSize("/bucket/a.db")>2*CACHE_BYTES);
  CHECK_GET(dbOther, "SELECT count(*) || ' ' || max(length(b)) FROM t", "1000 600");
  CHECK_GET(dbOther, "PRAGMA integrity_check", "ok");
  CHECK(lib.cacheStat(storeCache.cache, S3VFS_STAT_BYTES)<=CACHE_BYTES);
  CHECK_INT(run(db, "DELETE FROM t WHERE a>500; UPDATE t SET b='row ' || a; VACUUM"), SQLITE_OK);
  CHECK_GET(dbOther, "SELECT count(*) FROM t", "500");
  CHECK_GET(dbOther, "PRAGMA integrity_check", "ok");
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
  CHECK_INT(sqlite3_close(dbOther), SQLITE_OK);
}

static void pragmas_reach_the_host(void){
  sqlite3 *db = openDb();
  char *zErr = 0, *zName = 0;
  CHECK_GET(db, "PRAGMA store_echo", "echo nothing");
  CHECK_GET(db, "PRAGMA store_echo=12", "echo 12");
  CHECK_INT(sqlite3_exec(db, "PRAGMA store_fail", 0, 0, &zErr), SQLITE_ERROR);
  CHECK(zErr && strcmp(zErr, "the store says no")==0);
  sqlite3_free(zErr);
  CHECK_GET(db, "PRAGMA user_version", "0");
  CHECK_INT(sqlite3_file_control(db, "main", SQLITE_FCNTL_VFSNAME, &zName), SQLITE_OK);
  CHECK(zName && strcmp(zName, "s3test")==0);
  sqlite3_free(zName);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void temporary_files_are_local(void){
  sqlite3 *db = openDb();
  int nFile = storeFiles();
  CHECK_INT(run(db, "PRAGMA temp_store=file; CREATE TEMP TABLE big AS"
                    " WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<20000)"
                    " SELECT x, randomblob(200) y FROM c;"
                    "PRAGMA temp.cache_size=5; UPDATE big SET y=randomblob(201);"
                    "CREATE INDEX temp.i ON big(y)"), SQLITE_OK);
  CHECK_INT(storeFiles(), nFile);
  CHECK_GET(db, "PRAGMA temp.integrity_check", "ok");
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void a_super_journal_is_the_hosts_to_refuse(void){
  sqlite3 *db = openDb();
  CHECK_INT(run(db, "ATTACH 'file:/bucket/b.db?vfs=s3test' AS b; CREATE TABLE b.u(a)"), SQLITE_OK);
  CHECK_INT(run(db, "BEGIN; UPDATE t SET b=''; INSERT INTO u VALUES(1); COMMIT"), SQLITE_CANTOPEN);
  CHECK(store.nSuper>0);
  run(db, "ROLLBACK");
  CHECK_GET(db, "SELECT count(*) FROM t WHERE b=''", "0");
  CHECK_GET(db, "SELECT count(*) FROM u", "0");
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void an_exception_in_the_host_is_an_error(void){
  sqlite3 *db = openDb();
  CHECK_GET(db, "SELECT count(*) FROM t", "500");
  store.bThrow = 1;
  CHECK_INT(run(db, "SELECT count(*) FROM t"), SQLITE_IOERR);
  CHECK_INT(run(db, "UPDATE t SET b='thrown'"), SQLITE_IOERR);
  CHECK(openDb()==0);
  store.bThrow = 0;
  CHECK_GET(db, "SELECT count(*) FROM t WHERE b<>'thrown'", "500");
  CHECK_GET(db, "PRAGMA integrity_check", "ok");
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
  CHECK_INT(store.nOpen, 0);
}

static void a_crash_in_the_middle_of_a_transaction_is_rolled_back(void){
  sqlite3 *db = openDb();
  CHECK_INT(run(db, "PRAGMA cache_size=5; BEGIN; UPDATE t SET b=b||hex(zeroblob(300))"), SQLITE_OK);
  CHECK(storeSize("/bucket/a.db-journal")>0);
  /* The host dies with the files open; their locks go with it. */
  CHECK_INT(lib.unbind(), SQLITE_OK);
  CHECK_INT(run(db, "COMMIT") & 0xff, SQLITE_IOERR);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
  CHECK(openDb()==0);
  CHECK_INT(bindStore(&lib), SQLITE_OK);
  CHECK(openDb()==0);                        /* the VFS was that host's */
  CHECK_INT(lib.unreg("s3test"), SQLITE_OK);
  CHECK_INT(lib.reg("s3test", 2), SQLITE_OK);
  storeCloseAll();
  db = openDb();
  CHECK(db!=0);
  CHECK_GET(db, "SELECT count(*) FROM t WHERE length(b)<600", "500");
  CHECK_GET(db, "PRAGMA integrity_check", "ok");
  CHECK_INT(storeSize("/bucket/a.db-journal"), -1);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void without_a_host_every_statement_fails(void){
  sqlite3 *db = openDb();
  sqlite3 *mem = 0;
  CHECK_GET(db, "SELECT count(*) FROM t", "500");
  CHECK_INT(lib.unbind(), SQLITE_OK);
  CHECK_INT(run(db, "SELECT count(*) FROM t"), SQLITE_IOERR);
  CHECK_INT(run(db, "INSERT INTO t VALUES(2000000,'')"), SQLITE_IOERR);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
  CHECK(openDb()==0);
  CHECK_INT(lib.unreg("s3test"), SQLITE_OK);
  CHECK_INT(sqlite3_open(":memory:", &mem), SQLITE_OK);    /* others are unharmed */
  CHECK_GET(mem, "SELECT 1", "1");
  CHECK_INT(sqlite3_close(mem), SQLITE_OK);
}

static const Test aTest[] = {
  TEST(the_library_loads),
  TEST(a_copy_of_the_library_is_on_its_own),
  TEST(rows_are_kept),
  TEST(rollback_undoes_what_was_spilled),
  TEST(a_commit_is_announced_once),
  TEST(a_lost_commit_is_rolled_back),
  TEST(vacuum_shrinks_the_file),
  TEST(every_journal_mode_but_wal_works),
  TEST(connections_lock_each_other_out),
  TEST(a_warm_select_makes_no_upcall),
  TEST(a_new_connection_finds_what_others_have_read),
  TEST(a_warm_connection_sees_what_others_commit),
  TEST(a_warm_reader_keeps_a_writer_waiting),
  TEST(a_warm_reader_becomes_a_writer),
  TEST(the_cache_is_small_beside_the_database),
  TEST(pragmas_reach_the_host),
  TEST(temporary_files_are_local),
  TEST(a_super_journal_is_the_hosts_to_refuse),
  TEST(an_exception_in_the_host_is_an_error),
  TEST(a_crash_in_the_middle_of_a_transaction_is_rolled_back),
  TEST(without_a_host_every_statement_fails),
  TEST_END
};

static int nPassed, nFailed;
static void runTest(const Test *p){
  checkFailed = 0;
  p->xTest();
  if( checkFailed ){ nFailed++; printf("FAILED %s\n", p->zName); }else nPassed++;
}

int main(int argc, char **argv){
  const Test *p;
  if( argc!=3 ) return 2;
  zLib = argv[1];
  zCopy = argv[2];
  setvbuf(stdout, 0, _IONBF, 0);
  printf("SQLite %s\n", sqlite3_libversion());
  for(p=aTest; p->zName; p++) runTest(p);
  blobLookUp(zLib, zCopy);
  for(p=blobTests; p->zName; p++) runTest(p);
  vtabLookUp(zLib, lib.unbind);
  if( bindStore(&lib)!=SQLITE_OK ) abort();
  for(p=vtabTests; p->zName; p++) runTest(p);
  storeClear();
  lib.cacheFree(storeCache.cache);
  sqlite3_shutdown();
  printf("%d passed, %d failed\n", nPassed, nFailed);
  return nFailed!=0;
}
