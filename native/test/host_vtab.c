/*
** Virtual tables through the built library, in the system's SQLite.  Part of
** host_sqlite.  The host here has tables of numbers: n, and a text and a blob
** made of it.
*/
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../sqlite/sqlite3.h"
#include "host_load.h"
#include "host_vtab.h"

#define MODULE 5
#define N_COLUMN 3
#define STR(I) ((const char*)(uintptr_t)(I))
#define MEM(I) ((char*)(uintptr_t)(I))
#define REPLY(RC, VALUE) ((sqlite3_int64)(((sqlite3_uint64)(uint32_t)(VALUE)<<32) \
                          | ((sqlite3_uint64)S3VFS_REPLY_TAG<<16) | (sqlite3_uint64)(RC)))

static int (*xModule)(sqlite3_int64, const char*, int, int);
static int (*xDrop)(sqlite3_int64, const char*);
static int (*xEnd)(void);

static struct Tables {
  int nRow;                   /* Rows of a table */
  int nBatch;                 /* Rows of a batch */
  int nTable, nCursor, nModule; /* Open, registered */
  int nFetch;                 /* FETCH that brought rows */
  int iFail;                  /* This slot fails from now on, or -1 */
  sqlite3_int64 fail;         /* with this reply */
  const char *zFail;          /* and this message, or NULL */
  int nEmpty;                 /* So many batches without rows come first */
  sqlite3 *pInterrupt;        /* Interrupted then */
  int iArgument;              /* Which argument the first constraint becomes */
  int nPlan;                  /* Plans asked for */
  int op, bBinary;            /* Of the first constraint */
  int nArg;                   /* Arguments of the last FILTER */
  S3Cell aArg[4];
  char zArg[4][20];
  int at;                     /* The next row.  One cursor at a time */
  unsigned iSeed;             /* Changes bytes of batches, if not 0 */
} host;

static unsigned random32(void){
  host.iSeed = host.iSeed*1664525u + 1013904223u;
  return host.iSeed>>8;
}

#define UPCALL(NAME) static sqlite3_int64 up##NAME( \
    int id, sqlite3_int64 a, sqlite3_int64 b, sqlite3_int64 c, int n)
#define START(SLOT) do{ \
    (void)id; (void)a; (void)b; (void)c; (void)n; \
    if( host.iFail==SLOT ){ \
      if( host.zFail ) snprintf(MEM(c), S3VFS_TABLE_TEXT, "%s", host.zFail); \
      return host.fail; \
    } }while( 0 )

UPCALL(TABLE){
  START(S3VFS_UP_TABLE);
  if( id!=MODULE || n<3 || strcmp(STR(((const sqlite3_int64*)(uintptr_t)a)[0]), "numbers")!=0 ){
    if( sizeof(void*)==8 ) return REPLY(SQLITE_MISUSE, 0);
  }
  host.nTable++;
  return REPLY(SQLITE_OK, 6);
}
UPCALL(SCHEMA){
  /* Longer than what the library offers first. */
  static char z[4000];
  START(S3VFS_UP_SCHEMA);
  snprintf(z, sizeof(z), "CREATE TABLE x(n INT, t TEXT, b BLOB)%3000s", "");
  if( (int)strlen(z)<n ) memcpy(MEM(a), z, strlen(z));
  return REPLY(SQLITE_OK, strlen(z));
}
UPCALL(PLAN){
  S3Plan *pPlan = (S3Plan*)(uintptr_t)a;
  S3Constraint *aConstraint = (S3Constraint*)&pPlan[1];
  double cost = 1000;
  START(S3VFS_UP_PLAN);
  host.nPlan++;
  memcpy(&pPlan->cost, &cost, sizeof(cost));
  pPlan->nRow = host.nRow;
  if( n>0 ){
    host.op = aConstraint[0].op;
    host.bBinary = aConstraint[0].bBinary;
    if( aConstraint[0].bUsable ) aConstraint[0].iArgument = host.iArgument;
  }
  snprintf(MEM(b), (size_t)c, "plan of %d", n);
  return REPLY(SQLITE_OK, 0);
}
UPCALL(CURSOR){
  START(S3VFS_UP_CURSOR);
  host.nCursor++;
  return REPLY(SQLITE_OK, 7);
}
UPCALL(FILTER){
  int i;
  START(S3VFS_UP_FILTER);
  host.nArg = n;
  for(i=0; i<n && i<4; i++){
    host.aArg[i] = ((const S3Cell*)(uintptr_t)b)[i];
    if( host.aArg[i].eType==SQLITE_TEXT ){
      snprintf(host.zArg[i], sizeof(host.zArg[i]), "%.*s", host.aArg[i].nByte, STR(host.aArg[i].value));
    }
  }
  host.at = 0;
  return REPLY(SQLITE_OK, 0);
}
UPCALL(FETCH){
  static char aOut[200000];
  S3Batch *pBatch = (S3Batch*)aOut;
  int *aiCell = (int*)&pBatch[1];
  sqlite3_int64 *aiRow = (sqlite3_int64*)&aiCell[4];
  S3Cell *aCell;
  char *zHeap, *z;
  int i, nByte;
  START(S3VFS_UP_FETCH);
  if( host.nEmpty>0 ){
    host.nEmpty--;
    if( host.pInterrupt ) sqlite3_interrupt(host.pInterrupt);
    *pBatch = (S3Batch){ 0 };
    if( n<(int)sizeof(S3Batch) ){
      host.nEmpty++;
      return REPLY(SQLITE_OK, sizeof(S3Batch));
    }
    memcpy(MEM(a), aOut, sizeof(S3Batch));
    return REPLY(SQLITE_OK, sizeof(S3Batch));
  }
  memset(aOut, 0, sizeof(aOut));
  pBatch->nRow = host.nRow - host.at<host.nBatch ? host.nRow - host.at : host.nBatch;
  pBatch->nCell = N_COLUMN;
  pBatch->nColumn = N_COLUMN;
  pBatch->bLast = host.at + pBatch->nRow>=host.nRow;
  for(i=0; i<N_COLUMN; i++) aiCell[i] = N_COLUMN-1-i;
  aCell = (S3Cell*)&aiRow[pBatch->nRow];
  zHeap = z = (char*)&aCell[pBatch->nRow*N_COLUMN];
  for(i=0; i<pBatch->nRow; i++){
    int number = host.at + i;
    aiRow[i] = number;
    aCell[i*3+2] = (S3Cell){ .eType = SQLITE_INTEGER, .value = number };
    aCell[i*3+1] = (S3Cell){ .eType = SQLITE_TEXT, .value = z-zHeap };
    z += aCell[i*3+1].nByte = sprintf(z, "number %d", number);
    aCell[i*3] = (S3Cell){ .eType = number%2 ? SQLITE_BLOB : SQLITE_NULL, .value = z-zHeap,
                           .nByte = number%2 };
    z += number%2;
  }
  nByte = (int)(z-aOut);
  if( nByte>n ) return REPLY(SQLITE_OK, nByte);
  if( host.iSeed && random32()%2==0 ){          /* so that some tables stay whole */
    for(i=(int)(random32()%6); i>0; i--) aOut[random32()%(unsigned)nByte] = (char)random32();
    if( random32()%4==0 ) nByte = (int)(random32()%(unsigned)(nByte+1));
  }
  host.at += host.nBatch;
  host.nFetch++;
  memcpy(MEM(a), aOut, (size_t)nByte);
  return REPLY(SQLITE_OK, nByte);
}
UPCALL(RELEASE){
  (void)a; (void)b; (void)c;
  if( n==S3VFS_RELEASE_MODULE && id==MODULE ) host.nModule--;
  if( n==S3VFS_RELEASE_TABLE && id==6 ) host.nTable--;
  if( n==S3VFS_RELEASE_CURSOR && id==7 ) host.nCursor--;
  return REPLY(SQLITE_OK, 0);
}

const s3vfs_upcall vtabUpcalls[S3VFS_UP_COUNT - S3VFS_UP_TABLE] = {
  upTABLE, upSCHEMA, upPLAN, upCURSOR, upFILTER, upFETCH, upRELEASE
};

void vtabLookUp(const char *zLib, int (*xUnbind)(void)){
  void *pLib = libraryOpen(zLib);
  void *p = librarySymbol(pLib, "s3vfs_module");
  if( p==0 ) abort();
  memcpy(&xModule, &p, sizeof(p));
  p = librarySymbol(pLib, "s3vfs_module_drop");
  if( p==0 ) abort();
  memcpy(&xDrop, &p, sizeof(p));
  xEnd = xUnbind;
}

/*
** SQL.
*/
static int run(sqlite3 *db, const char *zSql){
  return sqlite3_exec(db, zSql, 0, 0, 0);
}
static int firstValue(void *pOut, int nCol, char **azVal, char **azName){
  (void)nCol; (void)azName;
  snprintf((char*)pOut, 100, "%s", azVal[0] ? azVal[0] : "NULL");
  return 0;
}
/* The first value of a query, or the result code. */
static const char *value(sqlite3 *db, const char *zSql){
  static char z[100];
  int rc;
  snprintf(z, sizeof(z), "no row");
  rc = sqlite3_exec(db, zSql, firstValue, z, 0);
  if( rc!=SQLITE_OK ) snprintf(z, sizeof(z), "error %d", rc);
  return z;
}
static sqlite3_int64 ptr(const void *p){
  return (sqlite3_int64)(uintptr_t)p;
}
static sqlite3 *newDb(int nRow, int nBatch){
  sqlite3 *db = 0;
  host = (struct Tables){ .nRow = nRow, .nBatch = nBatch, .iFail = -1, .nModule = 1 };
  if( sqlite3_open(":memory:", &db)!=SQLITE_OK ) abort();
  if( xModule(ptr(db), "numbers", MODULE, 0)!=SQLITE_OK ) abort();
  return db;
}
static sqlite3 *newTable(int nRow, int nBatch){
  sqlite3 *db = newDb(nRow, nBatch);
  if( run(db, "CREATE VIRTUAL TABLE temp.t USING numbers")!=SQLITE_OK ) abort();
  return db;
}
/* Closes the connection, and looks whether everything was given back. */
static void closeAll(sqlite3 *db){
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
  CHECK_INT(host.nCursor, 0);
  CHECK_INT(host.nTable, 0);
  CHECK_INT(host.nModule, 0);
}

static void rows_are_the_hosts(void){
  sqlite3 *db = newTable(1000, 64);
  CHECK(strcmp(value(db, "SELECT sum(n) FROM t"), "499500")==0);
  CHECK_INT(host.nFetch, 16);
  CHECK(strcmp(value(db, "SELECT count(*) FROM t WHERE t='number '||n AND rowid=n"), "1000")==0);
  CHECK(strcmp(value(db, "SELECT sum(length(b)) FROM t"), "500")==0);
  CHECK(strcmp(value(db, "SELECT max(t) FROM t"), "number 999")==0);
  CHECK(strcmp(value(db, "SELECT group_concat(typeof(b)) FROM t WHERE n<3"), "null,blob,null")==0);
  closeAll(db);
}

static void no_rows_are_no_rows(void){
  sqlite3 *db = newTable(0, 64);
  CHECK(strcmp(value(db, "SELECT n FROM t"), "no row")==0);
  CHECK(strcmp(value(db, "SELECT count(*) FROM t"), "0")==0);
  closeAll(db);
}

static void a_plan_gets_its_arguments(void){
  sqlite3 *db = newTable(10, 64);
  host.iArgument = 1;
  CHECK(strcmp(value(db, "SELECT n FROM t WHERE n='7'"), "7")==0);
  CHECK_INT(host.nArg, 1);
  CHECK_INT(host.op, SQLITE_INDEX_CONSTRAINT_EQ);
  CHECK_INT(host.aArg[0].eType, SQLITE_TEXT);
  CHECK(strcmp(host.zArg[0], "7")==0);
  CHECK(strcmp(value(db, "SELECT n FROM t WHERE n>8.5"), "9")==0);
  CHECK_INT(host.aArg[0].eType, SQLITE_FLOAT);
  CHECK_INT(host.bBinary, 1);
  value(db, "SELECT n FROM t WHERE t='x' COLLATE nocase");
  CHECK_INT(host.bBinary, 0);
  if( sqlite3_libversion_number()>=3038000 ){
    CHECK(strcmp(value(db, "SELECT count(*) FROM t WHERE n IN (1,2,3)"), "3")==0);
    CHECK_INT(host.nArg, 0);
  }
  host.iArgument = 9;
  CHECK(strcmp(value(db, "SELECT n FROM t WHERE n=7"), "error 1")==0);
  host.iFail = S3VFS_UP_PLAN;
  host.fail = REPLY(SQLITE_CONSTRAINT, 0);
  CHECK(strcmp(value(db, "SELECT n FROM t WHERE n=8"), "error 1")==0);
  CHECK(strstr(sqlite3_errmsg(db), "no query solution")!=0);
  closeAll(db);
}

static void failures_are_errors_with_a_message(void){
  static const int aSlot[] = {
    S3VFS_UP_TABLE, S3VFS_UP_SCHEMA, S3VFS_UP_PLAN, S3VFS_UP_CURSOR, S3VFS_UP_FILTER, S3VFS_UP_FETCH
  };
  int i;
  for(i=0; i<(int)(sizeof(aSlot)/sizeof(aSlot[0])); i++){
    int k;
    for(k=0; k<3; k++){
      sqlite3 *db = newDb(100, 10);
      host.iFail = aSlot[i];
      host.fail = k==0 ? 0 : REPLY(SQLITE_ERROR, 0);      /* thrown, refused */
      host.zFail = k==2 && aSlot[i]!=S3VFS_UP_PLAN ? "the host says no" : 0;
      if( run(db, "CREATE VIRTUAL TABLE temp.t USING numbers")==SQLITE_OK ){
        CHECK(aSlot[i]!=S3VFS_UP_TABLE && aSlot[i]!=S3VFS_UP_SCHEMA);
        CHECK(strcmp(value(db, "SELECT sum(n) FROM t"), "error 1")==0);
      }
      if( host.zFail ) CHECK(strcmp(sqlite3_errmsg(db), host.zFail)==0);
      CHECK(strcmp(sqlite3_errmsg(db), "not an error")!=0);
      host.iFail = -1;
      closeAll(db);
      CHECK_STILL_GOOD();
    }
  }
}

static void an_interrupt_is_noticed_between_batches(void){
  sqlite3 *db = newTable(100, 10);
  host.nEmpty = 5;
  CHECK(strcmp(value(db, "SELECT count(*) FROM t"), "100")==0);
  if( sqlite3_libversion_number()>=3041000 ){
    host.nEmpty = 1000000000;
    host.pInterrupt = db;
    CHECK(strcmp(value(db, "SELECT count(*) FROM t"), "error 9")==0);
    host.nEmpty = 0;
    CHECK(strcmp(value(db, "SELECT count(*) FROM t"), "100")==0);
  }
  closeAll(db);
}

static void views_and_triggers_do_not_reach_it(void){
  sqlite3 *db = newTable(100, 10);
  CHECK_INT(run(db, "CREATE VIRTUAL TABLE main.u USING numbers"), SQLITE_OK);
  CHECK_INT(run(db, "CREATE VIEW v AS SELECT n FROM u"), SQLITE_OK);
  CHECK(strcmp(value(db, "SELECT * FROM v"), "error 1")==0);
  CHECK_INT(host.nFetch, 0);
  closeAll(db);
}

static void tables_outlive_their_module(void){
  sqlite3 *db = newTable(100, 10);
  CHECK_INT(xDrop(ptr(db), "numbers"), SQLITE_OK);
  CHECK(strcmp(value(db, "SELECT count(*) FROM t"), "100")==0);
  CHECK_INT(run(db, "DROP TABLE t"), SQLITE_OK);
  CHECK(run(db, "CREATE VIRTUAL TABLE temp.u USING numbers")!=SQLITE_OK);
  CHECK_INT(host.nTable, 0);
  CHECK_INT(xDrop(ptr(db), "numbers"), SQLITE_OK);
  CHECK_INT(xDrop(0, "numbers"), SQLITE_MISUSE);
  CHECK_INT(xModule(0, "numbers", MODULE, 0), SQLITE_MISUSE);
  closeAll(db);
}

static void a_function_needs_no_create(void){
  sqlite3 *db = newDb(100, 10);
  host.nModule++;
  CHECK_INT(xModule(ptr(db), "numbers", MODULE, 1), SQLITE_OK);
  CHECK_INT(host.nModule, 1);                   /* the one that it replaces is gone */
  CHECK(strcmp(value(db, "SELECT sum(n) FROM numbers"), "4950")==0);
  CHECK(run(db, "CREATE VIRTUAL TABLE temp.u USING numbers")!=SQLITE_OK);
  closeAll(db);
}

/* Whatever is in a batch, nothing outside of it is read (the sanitizers look). */
static void a_damaged_batch_does_no_harm(void){
  const char *zSeed = getenv("S3VFS_TEST_SEED");
  unsigned iSeed = zSeed ? (unsigned)strtoul(zSeed, 0, 10) : (unsigned)ptr(&zSeed)*7919u;
  sqlite3 *db = newTable(300, 50);
  int i, nGood = 0;
  for(i=0; i<3000; i++){
    host.iSeed = ((iSeed + (unsigned)i)*2654435761u) | 1;
    if( value(db, "SELECT count(*), sum(n), max(t), max(b), sum(rowid) FROM t")[0]!='e' ) nGood++;
    if( host.nCursor!=0 ){
      printf("seed %u\n", iSeed + (unsigned)i);
      CHECK_INT(host.nCursor, 0);
    }
  }
  if( nGood==0 || nGood==i ) printf("seed %u, %d good\n", iSeed, nGood);
  CHECK(nGood>0 && nGood<i);
  host.iSeed = 0;
  CHECK(strcmp(value(db, "SELECT sum(n) FROM t"), "44850")==0);
  closeAll(db);
}

static void without_its_host_a_table_fails_and_can_be_closed(void){
  sqlite3 *db = newTable(100, 10);
  sqlite3_stmt *pStmt = 0;
  CHECK_INT(sqlite3_prepare_v2(db, "SELECT n FROM t", -1, &pStmt, 0), SQLITE_OK);
  CHECK_INT(sqlite3_step(pStmt), SQLITE_ROW);
  CHECK_INT(xEnd(), SQLITE_OK);
  while( sqlite3_step(pStmt)==SQLITE_ROW ){}
  CHECK_INT(sqlite3_finalize(pStmt), SQLITE_ERROR);
  CHECK(strcmp(sqlite3_errmsg(db), "sqlite-s3vfs was closed")==0);
  CHECK(strcmp(value(db, "SELECT sum(n) FROM t"), "error 1")==0);
  CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

const Test vtabTests[] = {
  TEST(rows_are_the_hosts),
  TEST(no_rows_are_no_rows),
  TEST(a_plan_gets_its_arguments),
  TEST(failures_are_errors_with_a_message),
  TEST(an_interrupt_is_noticed_between_batches),
  TEST(views_and_triggers_do_not_reach_it),
  TEST(tables_outlive_their_module),
  TEST(a_function_needs_no_create),
  TEST(a_damaged_batch_does_no_harm),
  TEST(without_its_host_a_table_fails_and_can_be_closed),
  TEST_END
};
