/*
** Incremental BLOB I/O through the built library, on databases of the system's
** SQLite that know nothing of S3.  Part of host_sqlite.
*/
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../s3vfs.h"
#include "check.h"
#include "host_blob.h"
#include "host_load.h"

#if defined(_WIN32)
# define JNICALL __stdcall
#else
# define JNICALL
#endif

static struct BlobLib {
  sqlite3_int64 (*connection)(void*, void*);
  int (*open)(sqlite3_int64, const char*, const char*, const char*, sqlite3_int64, int, sqlite3_int64*);
  int (*bytes)(sqlite3_int64);
  int (*read)(sqlite3_int64, sqlite3_int64, int, int);
  int (*write)(sqlite3_int64, sqlite3_int64, int, int);
  int (*reopen)(sqlite3_int64, sqlite3_int64);
  int (*close)(sqlite3_int64);
} lib, copy;

static void look(void *pLib, const char *zName, void *pOut){
  void *p = librarySymbol(pLib, zName);
  if( p==0 ) abort();
  memcpy(pOut, &p, sizeof(p));
}
static void lookUp(const char *zFile, struct BlobLib *p){
  void *pLib = libraryOpen(zFile);
  if( pLib==0 ) abort();
  look(pLib, "s3vfs_connection", &p->connection);
  look(pLib, "s3vfs_blob_open", &p->open);
  look(pLib, "s3vfs_blob_bytes", &p->bytes);
  look(pLib, "s3vfs_blob_read", &p->read);
  look(pLib, "s3vfs_blob_write", &p->write);
  look(pLib, "s3vfs_blob_reopen", &p->reopen);
  look(pLib, "s3vfs_blob_close", &p->close);
}
void blobLookUp(const char *zLib, const char *zCopy){
  lookUp(zLib, &lib);
  lookUp(zCopy, &copy);
}

static sqlite3_int64 ptr(const void *p){
  return (sqlite3_int64)(uintptr_t)p;
}
static sqlite3 *newDb(void){
  sqlite3 *db = 0;
  int flags = SQLITE_OPEN_READWRITE|SQLITE_OPEN_CREATE|SQLITE_OPEN_URI;
  if( sqlite3_open_v2(":memory:", &db, flags, 0)!=SQLITE_OK ) abort();
  if( sqlite3_exec(db, "CREATE TABLE t(b); INSERT INTO t VALUES(zeroblob(100000)),('text'),(1),(x'')", 0, 0, 0) ){
    abort();
  }
  return db;
}
static int openBlob(sqlite3 *db, sqlite3_int64 iRow, int bWrite, sqlite3_int64 *p){
  return lib.open(ptr(db), "main", "t", "b", iRow, bWrite, p);
}

static void what_is_written_is_read(void){
  sqlite3 *db = newDb();
  sqlite3_int64 blob;
  char aBuf[5000], aGot[5000];
  memset(aBuf, 'x', sizeof(aBuf));
  CHECK_INT(openBlob(db, 1, 1, &blob), SQLITE_OK);
  CHECK_INT(lib.bytes(blob), 100000);
  CHECK_INT(lib.write(blob, ptr(aBuf), 5000, 50000), SQLITE_OK);
  CHECK_INT(lib.read(blob, ptr(aGot), 5000, 50000), SQLITE_OK);
  CHECK(memcmp(aBuf, aGot, 5000)==0);
  CHECK_INT(lib.read(blob, ptr(aGot), 5000, 45000), SQLITE_OK);
  CHECK(aGot[0]==0 && aGot[4999]==0);
  CHECK_INT(lib.read(blob, ptr(aGot), 1, 100000), SQLITE_ERROR);
  CHECK_INT(lib.read(blob, ptr(aGot), -1, 0), SQLITE_ERROR);
  CHECK_INT(lib.write(blob, ptr(aBuf), 2, 99999), SQLITE_ERROR);
  CHECK_INT(lib.reopen(blob, 2), SQLITE_OK);
  CHECK_INT(lib.bytes(blob), 4);
  CHECK_INT(lib.close(blob), SQLITE_OK);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void a_failed_open_leaves_nothing(void){
  sqlite3 *db = newDb();
  sqlite3_int64 blob = 1;
  CHECK_INT(openBlob(db, 9, 0, &blob), SQLITE_ERROR);
  CHECK_INT(blob, 0);
  CHECK(strcmp(sqlite3_errmsg(db), "no such rowid: 9")==0);
  CHECK_INT(openBlob(db, 3, 0, &blob), SQLITE_ERROR);
  CHECK(strcmp(sqlite3_errmsg(db), "cannot open value of type integer")==0);
  CHECK_INT(lib.open(ptr(db), "main", "u", "b", 1, 0, &blob), SQLITE_ERROR);
  CHECK_INT(lib.open(0, "main", "t", "b", 1, 0, &blob), SQLITE_MISUSE);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void a_failed_reopen_ends_the_blob(void){
  sqlite3 *db = newDb();
  sqlite3_int64 blob;
  char c;
  CHECK_INT(openBlob(db, 1, 0, &blob), SQLITE_OK);
  CHECK_INT(lib.reopen(blob, 77), SQLITE_ERROR);
  CHECK_INT(lib.read(blob, ptr(&c), 1, 0), SQLITE_ABORT);
  CHECK_INT(lib.reopen(blob, 1), SQLITE_ABORT);
  CHECK_INT(lib.bytes(blob), 0);
  CHECK_INT(lib.close(blob), SQLITE_OK);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void a_change_of_the_row_ends_the_blob(void){
  sqlite3 *db = newDb();
  sqlite3_int64 blob;
  CHECK_INT(openBlob(db, 1, 0, &blob), SQLITE_OK);
  CHECK_INT(sqlite3_exec(db, "UPDATE t SET b='other' WHERE rowid=2", 0, 0, 0), SQLITE_OK);
  CHECK_INT(lib.read(blob, 0, 0, 0), SQLITE_OK);
  CHECK_INT(sqlite3_exec(db, "DELETE FROM t WHERE rowid=1", 0, 0, 0), SQLITE_OK);
  CHECK_INT(lib.read(blob, 0, 0, 0), SQLITE_ABORT);
  CHECK_INT(lib.bytes(blob), 0);
  CHECK_INT(lib.close(blob), SQLITE_OK);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static void a_connection_closes_its_blobs_first(void){
  sqlite3 *db = newDb(), *db2 = newDb();
  sqlite3_int64 aBlob[5], other;
  char c = 'x';
  int i;
  for(i=0; i<5; i++) CHECK_INT(openBlob(db, i==3 ? 2 : 1, i<3, &aBlob[i]), SQLITE_OK);
  CHECK_INT(openBlob(db2, 1, 1, &other), SQLITE_OK);
  CHECK_INT(lib.write(aBlob[1], ptr(&c), 1, 5), SQLITE_OK);
  CHECK_INT(lib.close(aBlob[2]), SQLITE_OK);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
  for(i=0; i<5; i++) if( i!=2 ){
    CHECK_INT(lib.read(aBlob[i], ptr(&c), 1, 0), SQLITE_MISUSE);
    CHECK_INT(lib.write(aBlob[i], ptr(&c), 1, 0), SQLITE_MISUSE);
    CHECK_INT(lib.reopen(aBlob[i], 1), SQLITE_MISUSE);
    CHECK_INT(lib.bytes(aBlob[i]), -1);
    CHECK_INT(lib.close(aBlob[i]), SQLITE_OK);
  }
  CHECK_INT(lib.read(other, ptr(&c), 1, 0), SQLITE_OK);
  CHECK_INT(lib.close(other), SQLITE_OK);
  CHECK_INT(sqlite3_close(db2), SQLITE_OK);
}

static void what_was_written_is_committed_when_the_connection_is_closed(void){
  sqlite3 *db = newDb(), *db2 = 0;
  sqlite3_int64 blob;
  sqlite3_stmt *pStmt = 0;
  CHECK_INT(sqlite3_open_v2("file:committed?mode=memory&cache=shared", &db2,
      SQLITE_OPEN_READWRITE|SQLITE_OPEN_CREATE|SQLITE_OPEN_URI, 0), SQLITE_OK);
  CHECK_INT(sqlite3_exec(db, "ATTACH 'file:committed?mode=memory&cache=shared' AS a", 0, 0, 0), SQLITE_OK);
  CHECK_INT(sqlite3_exec(db2, "CREATE TABLE t(b); INSERT INTO t VALUES('abcd')", 0, 0, 0), SQLITE_OK);
  CHECK_INT(lib.open(ptr(db), "a", "t", "b", 1, 1, &blob), SQLITE_OK);
  CHECK_INT(lib.write(blob, ptr("x"), 1, 1), SQLITE_OK);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
  CHECK_INT(lib.close(blob), SQLITE_OK);
  CHECK_INT(sqlite3_prepare_v2(db2, "SELECT b FROM t", -1, &pStmt, 0), SQLITE_OK);
  CHECK_INT(sqlite3_step(pStmt), SQLITE_ROW);
  CHECK(strcmp((const char*)sqlite3_column_text(pStmt, 0), "axcd")==0);
  CHECK_INT(sqlite3_finalize(pStmt), SQLITE_OK);
  CHECK_INT(sqlite3_close(db2), SQLITE_OK);
}

static void what_else_is_open_still_keeps_a_connection_open(void){
  sqlite3 *db = newDb();
  sqlite3_int64 blob, again;
  sqlite3_stmt *pStmt = 0;
  CHECK_INT(openBlob(db, 1, 0, &blob), SQLITE_OK);
  CHECK_INT(sqlite3_prepare_v2(db, "SELECT 1", -1, &pStmt, 0), SQLITE_OK);
  CHECK_INT(sqlite3_close(db), SQLITE_BUSY);
  CHECK_INT(lib.bytes(blob), -1);
  CHECK_INT(openBlob(db, 1, 0, &again), SQLITE_OK);
  CHECK_INT(lib.close(blob), SQLITE_OK);
  CHECK_INT(sqlite3_finalize(pStmt), SQLITE_OK);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
  CHECK_INT(lib.bytes(again), -1);
  CHECK_INT(lib.close(again), SQLITE_OK);
}

/* Closes a connection, and blobs, while SQLite is being called about a blob. */
static struct Inside {
  sqlite3 *db;
  sqlite3_int64 blob;
  int nCall, rcDb, rcBlob, rcRead;
} inside;
static int closeInside(void *pArg){
  char c;
  (void)pArg;
  inside.nCall++;
  inside.rcDb = sqlite3_close(inside.db);
  inside.rcBlob = lib.close(inside.blob);
  inside.rcRead = lib.read(inside.blob, ptr(&c), 1, 0);
  return 0;
}

static void nothing_is_closed_under_a_running_call(void){
  sqlite3_int64 blob;
  memset(&inside, 0, sizeof(inside));
  inside.db = newDb();
  CHECK_INT(openBlob(inside.db, 1, 0, &inside.blob), SQLITE_OK);
  sqlite3_progress_handler(inside.db, 1, closeInside, 0);
  CHECK_INT(lib.reopen(inside.blob, 2), SQLITE_OK);
  CHECK(inside.nCall>0);
  CHECK_INT(inside.rcDb, SQLITE_BUSY);
  CHECK_INT(inside.rcBlob, SQLITE_MISUSE);
  CHECK_INT(inside.rcRead, SQLITE_MISUSE);
  CHECK_INT(lib.bytes(inside.blob), 4);
  sqlite3_progress_handler(inside.db, 0, 0, 0);
  CHECK_INT(lib.close(inside.blob), SQLITE_OK);
  CHECK_INT(openBlob(inside.db, 1, 0, &blob), SQLITE_OK);
  CHECK_INT(sqlite3_close(inside.db), SQLITE_OK);
  CHECK_INT(lib.close(blob), SQLITE_OK);
}

static int closeConnection(void *pArg){
  (void)pArg;
  inside.nCall++;
  inside.rcDb = sqlite3_close(inside.db);
  return 0;
}
static void a_connection_stays_that_is_closed_while_a_blob_is_opened(void){
  sqlite3_int64 blob;
  memset(&inside, 0, sizeof(inside));
  inside.db = newDb();
  CHECK_INT(openBlob(inside.db, 1, 0, &blob), SQLITE_OK);
  CHECK_INT(lib.close(blob), SQLITE_OK);
  sqlite3_progress_handler(inside.db, 1, closeConnection, 0);
  CHECK_INT(openBlob(inside.db, 1, 0, &blob), SQLITE_MISUSE);
  CHECK_INT(blob, 0);
  CHECK(inside.nCall>0 && inside.rcDb==SQLITE_BUSY);
  sqlite3_progress_handler(inside.db, 0, 0, 0);
  CHECK_INT(openBlob(inside.db, 1, 0, &blob), SQLITE_OK);
  CHECK_INT(sqlite3_close(inside.db), SQLITE_OK);
  CHECK_INT(lib.close(blob), SQLITE_OK);
}

static void copies_of_the_library_keep_apart(void){
  sqlite3 *db = newDb();
  sqlite3_int64 one, two;
  CHECK_INT(openBlob(db, 1, 0, &one), SQLITE_OK);
  CHECK_INT(copy.open(ptr(db), "main", "t", "b", 1, 0, &two), SQLITE_OK);
  CHECK_INT(lib.bytes(one), 100000);
  CHECK_INT(copy.bytes(two), 100000);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
  CHECK_INT(lib.bytes(one), -1);
  CHECK_INT(copy.bytes(two), -1);
  CHECK_INT(lib.close(one), SQLITE_OK);
  CHECK_INT(copy.close(two), SQLITE_OK);
}

static int firstModule(void *pOut, int nCol, char **azVal, char **azName){
  (void)nCol; (void)azName;
  snprintf((char*)pOut, 100, "%s", azVal[0]);
  return 0;
}
static void the_table_that_watches_has_no_use_in_sql(void){
  static const char *const azSql[] = {
    "SELECT * FROM %s", "SELECT y FROM %s WHERE y=1", "DELETE FROM %s", "INSERT INTO %s VALUES(1)",
    "CREATE VIRTUAL TABLE v USING %s", "DROP TABLE %s", "SELECT * FROM %s(1)"
  };
  sqlite3 *db = newDb();
  sqlite3_int64 blob;
  char zName[100] = "", zSql[200];
  int i;
  CHECK_INT(openBlob(db, 1, 0, &blob), SQLITE_OK);
  if( sqlite3_exec(db, "SELECT name FROM pragma_module_list WHERE name LIKE 's3vfs_blobs_%'",
                   firstModule, zName, 0)==SQLITE_OK && zName[0] ){
    for(i=0; i<(int)(sizeof(azSql)/sizeof(azSql[0])); i++){
      snprintf(zSql, sizeof(zSql), azSql[i], zName);
      CHECK(sqlite3_exec(db, zSql, 0, 0, 0)!=SQLITE_OK);
    }
  }
  CHECK_INT(lib.bytes(blob), 100000);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
  CHECK_INT(lib.close(blob), SQLITE_OK);
}

/* A table of that name in the database: nothing is watched, so nothing is opened. */
static void without_the_table_that_watches_no_blob_is_opened(void){
  sqlite3 *db = newDb(), *db2 = newDb();
  sqlite3_int64 blob;
  char zName[100] = "", zSql[200];
  CHECK_INT(openBlob(db, 1, 0, &blob), SQLITE_OK);
  CHECK_INT(lib.close(blob), SQLITE_OK);
  if( sqlite3_exec(db, "SELECT name FROM pragma_module_list WHERE name LIKE 's3vfs_blobs_%'",
                   firstModule, zName, 0)==SQLITE_OK && zName[0] ){
    snprintf(zSql, sizeof(zSql), "CREATE TABLE %s(x)", zName);
    CHECK_INT(sqlite3_exec(db2, zSql, 0, 0, 0), SQLITE_OK);
    CHECK_INT(openBlob(db2, 1, 0, &blob), SQLITE_ERROR);
    CHECK_INT(blob, 0);
  }
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
  CHECK_INT(sqlite3_close(db2), SQLITE_OK);
}

/* A Java VM with one object of one field. */
static struct Java { int nClear, nDelete; } java;
static void *JNICALL javaClass(void *pEnv, void *p){ (void)pEnv; return p; }
static void *JNICALL javaField(void *pEnv, void *p, const char *zName, const char *zType){
  (void)pEnv;
  return strcmp(zName, "pointer")==0 && strcmp(zType, "J")==0 ? *(void**)p : 0;
}
static sqlite3_int64 JNICALL javaLong(void *pEnv, void *p, void *pField){
  (void)pEnv; (void)p;
  return *(sqlite3_int64*)pField;
}
static void JNICALL javaClear(void *pEnv){ (void)pEnv; java.nClear++; }
static void JNICALL javaDelete(void *pEnv, void *p){ (void)pEnv; (void)p; java.nDelete++; }

typedef void (*AnyFunction)(void);
static void the_connection_is_found_as_sqlite_jdbc_finds_it(void){
  static AnyFunction aTable[240];
  const AnyFunction *pEnv = aTable;
  sqlite3_int64 value = 4711;
  void *pObject = &value;
  aTable[31] = (AnyFunction)javaClass;
  aTable[94] = (AnyFunction)javaField;
  aTable[101] = (AnyFunction)javaLong;
  aTable[17] = (AnyFunction)javaClear;
  aTable[23] = (AnyFunction)javaDelete;
  memset(&java, 0, sizeof(java));
  CHECK_INT(lib.connection(&pEnv, &pObject), 4711);
  CHECK_INT(java.nClear, 0);
  pObject = 0;
  CHECK_INT(lib.connection(&pEnv, &pObject), -1);
  CHECK_INT(java.nClear, 1);
  CHECK_INT(java.nDelete, 2);
}

static void many_connections_have_blobs(void){
  enum { N = 300 };
  sqlite3 *aDb[N];
  sqlite3_int64 aBlob[N];
  int i;
  for(i=0; i<N; i++){
    aDb[i] = newDb();
    CHECK_INT(openBlob(aDb[i], 1, i%2, &aBlob[i]), SQLITE_OK);
  }
  for(i=0; i<N; i+=3) CHECK_INT(sqlite3_close(aDb[i]), SQLITE_OK);
  for(i=0; i<N; i++){
    CHECK_INT(lib.bytes(aBlob[i]), i%3==0 ? -1 : 100000);
    CHECK_INT(lib.close(aBlob[i]), SQLITE_OK);
    if( i%3 ) CHECK_INT(sqlite3_close(aDb[i]), SQLITE_OK);
  }
}

const Test blobTests[] = {
  TEST(what_is_written_is_read),
  TEST(a_failed_open_leaves_nothing),
  TEST(a_failed_reopen_ends_the_blob),
  TEST(a_change_of_the_row_ends_the_blob),
  TEST(a_connection_closes_its_blobs_first),
  TEST(what_was_written_is_committed_when_the_connection_is_closed),
  TEST(what_else_is_open_still_keeps_a_connection_open),
  TEST(nothing_is_closed_under_a_running_call),
  TEST(a_connection_stays_that_is_closed_while_a_blob_is_opened),
  TEST(copies_of_the_library_keep_apart),
  TEST(the_table_that_watches_has_no_use_in_sql),
  TEST(without_the_table_that_watches_no_blob_is_opened),
  TEST(the_connection_is_found_as_sqlite_jdbc_finds_it),
  TEST(many_connections_have_blobs),
  TEST_END
};
