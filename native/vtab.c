/*
** Virtual tables whose rows are the host's.
**
** Each method is an upcall (see s3vfs.h) or is answered from the batch of rows
** that the last one has brought: the host is called once for some hundred
** rows.  What a table is, which plan is good, and what a row holds, is the
** host's business.
**
** Values are copied when SQLite asks for them (SQLITE_TRANSIENT): it keeps
** some for longer than the row, such as the largest one up to now, and the
** memory of the batch is used again for the next one.
*/
#include <stddef.h>
#include <stdint.h>
#include "upcall.h"
#include "sqlite/sqlite3ext.h"
SQLITE_EXTENSION_INIT3

/* sqlite3_vtab_in() and sqlite3_is_interrupted() are as old as this. */
#define S3_HAS_VTAB_IN 3038000
#define S3_HAS_IS_INTERRUPTED 3041000

/* What a cursor asks for first, and the most that it takes, in bytes. */
#define S3_FIRST_ROOM 4096
#define S3_MAX_ROOM (1<<30)

/* The client data of a module. */
typedef struct S3Module {
  unsigned iBinding;          /* The binding that the host's numbers belong to */
  int id;                     /* The host's number of the module */
} S3Module;

typedef struct S3Table {
  sqlite3_vtab base;
  sqlite3 *db;
  unsigned iBinding;
  int handle;
} S3Table;

typedef struct S3Cursor {
  sqlite3_vtab_cursor base;
  int handle;
  char *aBatch;               /* The rows that are there: see S3VFS_UP_FETCH */
  int nRoom;                  /* Size of aBatch */
  int nHeap;                  /* Bytes at aHeap */
  int nCell;                  /* Cells of a row */
  int nColumn;                /* Columns that it says something of */
  int nRow;
  int iRow;                   /* The row that is looked at */
  int bLast;                  /* No rows come behind these */
  const sqlite3_int64 *aiRow; /* In aBatch: the numbers of the rows, */
  const S3Cell *aCell;        /* their values, */
  const char *aHeap;          /* and the bytes of these */
} S3Cursor;

/*
** Make an upcall, whose argument c is a buffer for a message.  If it answers
** SQLITE_ERROR, *pzErr becomes the message.
*/
static int s3TableUpcall(
  unsigned iBinding,
  char **pzErr,
  int iSlot,
  int *pValue,
  int id,
  sqlite3_int64 a,
  sqlite3_int64 b,
  int n
){
  char zMessage[S3VFS_TABLE_TEXT];
  int rc;
  zMessage[0] = 0;
  rc = s3Upcall(iBinding, iSlot, SQLITE_ERROR, pValue, id, a, b, s3Ptr(zMessage), n);
  zMessage[sizeof(zMessage)-1] = 0;
  if( rc==SQLITE_ERROR ){
    sqlite3_free(*pzErr);
    *pzErr = sqlite3_mprintf("%s", zMessage[0] ? zMessage
               : s3IsBound(iBinding) ? "the table failed" : "sqlite-s3vfs was closed");
  }
  return rc;
}

/*
** Tell the host that something is gone.  It can not fail.
*/
static void s3Release(unsigned iBinding, int handle, int eWhat){
  s3Upcall(iBinding, S3VFS_UP_RELEASE, SQLITE_ERROR, 0, handle, 0, 0, 0, eWhat);
}

/*
** Return the schema of a table in memory from sqlite3_malloc64(), or NULL.
*/
static char *s3Schema(S3Table *p, char **pzErr, int *pRc){
  int nRoom = 1024;
  for(;;){
    int n;
    char *z = sqlite3_malloc64((sqlite3_uint64)nRoom);
    if( z==0 ){
      *pRc = SQLITE_NOMEM;
      return 0;
    }
    *pRc = s3TableUpcall(p->iBinding, pzErr, S3VFS_UP_SCHEMA, &n, p->handle, s3Ptr(z), 0, nRoom);
    if( *pRc==SQLITE_OK && n>=0 && n<nRoom ){
      z[n] = 0;
      return z;
    }
    sqlite3_free(z);
    if( *pRc!=SQLITE_OK ) return 0;
    if( n<nRoom || n>=S3_MAX_ROOM ){
      *pRc = SQLITE_ERROR;
      return 0;
    }
    nRoom = n + 1;
  }
}

/*
** Make a table of the arguments of CREATE VIRTUAL TABLE.
*/
static int s3Connect(
  sqlite3 *db,
  void *pAux,
  int argc,
  const char *const *argv,
  sqlite3_vtab **ppVtab,
  char **pzErr
){
  const S3Module *pModule = pAux;
  char *zSchema;
  int rc;
  S3Table *p = sqlite3_malloc64(sizeof(*p));
  *ppVtab = 0;
  if( p==0 ) return SQLITE_NOMEM;
  *p = (S3Table){ .db = db, .iBinding = pModule->iBinding };
  rc = s3TableUpcall(p->iBinding, pzErr, S3VFS_UP_TABLE, &p->handle, pModule->id,
                     s3Ptr(argv), s3Ptr(db), argc);
  if( rc!=SQLITE_OK ){
    sqlite3_free(p);
    return rc;
  }
  zSchema = s3Schema(p, pzErr, &rc);
  if( zSchema ) rc = sqlite3_declare_vtab(db, zSchema);
  sqlite3_free(zSchema);
  /* Never by way of a view or trigger, which may have come with a database. */
  if( rc==SQLITE_OK ) rc = sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
  if( rc!=SQLITE_OK ){
    s3Release(p->iBinding, p->handle, S3VFS_RELEASE_TABLE);
    sqlite3_free(p);
    return rc;
  }
  *ppVtab = &p->base;
  return SQLITE_OK;
}

/*
** As s3Connect(), but another function: where both are the same, the table is
** there without having been created.
*/
static int s3Create(
  sqlite3 *db,
  void *pAux,
  int argc,
  const char *const *argv,
  sqlite3_vtab **ppVtab,
  char **pzErr
){
  int rc = s3Connect(db, pAux, argc, argv, ppVtab, pzErr);
  return rc;
}

static int s3Disconnect(sqlite3_vtab *pVtab){
  S3Table *p = (S3Table*)pVtab;
  s3Release(p->iBinding, p->handle, S3VFS_RELEASE_TABLE);
  sqlite3_free(p);
  return SQLITE_OK;
}

/*
** Return true if a constraint is an IN.
*/
static int s3IsIn(sqlite3_index_info *pInfo, int i){
  return sqlite3_libversion_number()>=S3_HAS_VTAB_IN && sqlite3_vtab_in(pInfo, i, -1);
}

/*
** Have the host say what a plan costs.
*/
static int s3BestIndex(sqlite3_vtab *pVtab, sqlite3_index_info *pInfo){
  S3Table *p = (S3Table*)pVtab;
  int n = pInfo->nConstraint;
  sqlite3_uint64 nPlan = sizeof(S3Plan) + (sqlite3_uint64)n*sizeof(S3Constraint);
  int nText = 256 + 64*n;
  S3Plan *pPlan;
  S3Constraint *a;
  char *zPlan;
  int i, rc;
  pPlan = sqlite3_malloc64(nPlan);
  zPlan = sqlite3_malloc64((sqlite3_uint64)nText);
  if( pPlan==0 || zPlan==0 ){
    sqlite3_free(pPlan);
    sqlite3_free(zPlan);
    return SQLITE_NOMEM;
  }
  *pPlan = (S3Plan){ .colUsed = (sqlite3_int64)pInfo->colUsed, .nOrderBy = pInfo->nOrderBy };
  a = (S3Constraint*)&pPlan[1];
  for(i=0; i<n; i++){
    const char *zCollation = sqlite3_vtab_collation(pInfo, i);
    a[i] = (S3Constraint){
      .iColumn = pInfo->aConstraint[i].iColumn,
      .op = pInfo->aConstraint[i].op,
      /* For IN, SQLite would go through the rows once for each element. */
      .bUsable = pInfo->aConstraint[i].usable && !s3IsIn(pInfo, i),
      .bBinary = zCollation && sqlite3_stricmp(zCollation, "BINARY")==0
    };
  }
  zPlan[0] = 0;
  rc = s3Upcall(p->iBinding, S3VFS_UP_PLAN, SQLITE_ERROR, 0, p->handle, s3Ptr(pPlan),
                s3Ptr(zPlan), nText, n);
  zPlan[nText-1] = 0;
  if( rc==SQLITE_OK ){
    for(i=0; i<n; i++){
      if( a[i].iArgument==0 ) continue;
      if( a[i].iArgument<0 || a[i].iArgument>n || !a[i].bUsable ){
        rc = SQLITE_ERROR;
        break;
      }
      pInfo->aConstraintUsage[i].argvIndex = a[i].iArgument;
      pInfo->aConstraintUsage[i].omit = a[i].bOmit!=0;
    }
  }
  if( rc==SQLITE_OK ){
    __builtin_memcpy(&pInfo->estimatedCost, &pPlan->cost, sizeof(pInfo->estimatedCost));
    pInfo->estimatedRows = pPlan->nRow;
    pInfo->idxStr = zPlan;
    pInfo->needToFreeIdxStr = 1;
  }else{
    sqlite3_free(zPlan);
    if( rc!=SQLITE_CONSTRAINT && rc!=SQLITE_NOMEM ){
      sqlite3_free(pVtab->zErrMsg);
      pVtab->zErrMsg = sqlite3_mprintf("%s", s3IsBound(p->iBinding) ? "the table has no plan"
                                             : "sqlite-s3vfs was closed");
    }
  }
  sqlite3_free(pPlan);
  return rc;
}

static S3Table *s3TableOf(S3Cursor *p){
  return (S3Table*)p->base.pVtab;
}

static int s3OpenCursor(sqlite3_vtab *pVtab, sqlite3_vtab_cursor **ppCursor){
  S3Table *pTable = (S3Table*)pVtab;
  int rc;
  S3Cursor *p = sqlite3_malloc64(sizeof(*p));
  if( p==0 ) return SQLITE_NOMEM;
  *p = (S3Cursor){ .bLast = 1 };
  rc = s3TableUpcall(pTable->iBinding, &pVtab->zErrMsg, S3VFS_UP_CURSOR, &p->handle,
                     pTable->handle, 0, 0, 0);
  if( rc!=SQLITE_OK ){
    sqlite3_free(p);
    return rc;
  }
  *ppCursor = &p->base;
  return SQLITE_OK;
}

static int s3CloseCursor(sqlite3_vtab_cursor *pCursor){
  S3Cursor *p = (S3Cursor*)pCursor;
  s3Release(s3TableOf(p)->iBinding, p->handle, S3VFS_RELEASE_CURSOR);
  sqlite3_free(p->aBatch);
  sqlite3_free(p);
  return SQLITE_OK;
}

/*
** Return true if sqlite3_interrupt() was called.
*/
static int s3Interrupted(sqlite3 *db){
  return sqlite3_libversion_number()>=S3_HAS_IS_INTERRUPTED && sqlite3_is_interrupted(db);
}

int s3vfs_interrupted(sqlite3_int64 db){
  return s3Interrupted((sqlite3*)(uintptr_t)db);
}

/*
** Look at a batch of nByte bytes.  Return false if it contradicts itself.
*/
static int s3TakeBatch(S3Cursor *p, int nByte){
  const S3Batch *pBatch = (const S3Batch*)p->aBatch;
  sqlite3_uint64 iRow, iCell, iHeap;
  if( nByte<(int)sizeof(S3Batch) ) return 0;
  if( pBatch->nRow<0 || pBatch->nCell<0 || pBatch->nColumn<0 ) return 0;
  iRow = sizeof(S3Batch) + ((sqlite3_uint64)(unsigned)pBatch->nColumn*4 + 7)/8*8;
  iCell = iRow + (sqlite3_uint64)(unsigned)pBatch->nRow*8;
  iHeap = (sqlite3_uint64)(unsigned)pBatch->nRow*(unsigned)pBatch->nCell;
  if( iHeap>(unsigned)nByte ) return 0;
  iHeap = iCell + iHeap*sizeof(S3Cell);
  if( iHeap>(sqlite3_uint64)(unsigned)nByte ) return 0;
  p->nRow = pBatch->nRow;
  p->nCell = pBatch->nCell;
  p->nColumn = pBatch->nColumn;
  p->bLast = pBatch->bLast!=0;
  p->aiRow = (const sqlite3_int64*)(p->aBatch + iRow);
  p->aCell = (const S3Cell*)(p->aBatch + iCell);
  p->aHeap = p->aBatch + iHeap;
  p->nHeap = nByte - (int)iHeap;
  p->iRow = 0;
  return 1;
}

/*
** Forget the rows: there are none.
*/
static void s3NoRows(S3Cursor *p){
  p->nRow = p->iRow = 0;
  p->bLast = 1;
}

/*
** Get the next batch.  Afterwards there are rows, or there are no more.
*/
static int s3Fetch(S3Cursor *p){
  S3Table *pTable = s3TableOf(p);
  int rc = SQLITE_OK;
  int bGrown = 0;
  s3NoRows(p);
  for(;;){
    int n;
    rc = s3TableUpcall(pTable->iBinding, &pTable->base.zErrMsg, S3VFS_UP_FETCH, &n, p->handle,
                       s3Ptr(p->aBatch), 0, p->nRoom);
    if( rc!=SQLITE_OK ) break;
    if( n>p->nRoom && n<=S3_MAX_ROOM && !bGrown ){
      char *aNew;
      int nRoom = n<S3_FIRST_ROOM ? S3_FIRST_ROOM : n;
      sqlite3_free(p->aBatch);
      p->nRoom = 0;
      p->aBatch = aNew = sqlite3_malloc64((sqlite3_uint64)nRoom);
      if( aNew==0 ) return SQLITE_NOMEM;
      p->nRoom = nRoom;
      bGrown = 1;
      continue;
    }
    bGrown = 0;
    if( n>p->nRoom || !s3TakeBatch(p, n) ){
      s3NoRows(p);
      sqlite3_free(pTable->base.zErrMsg);
      pTable->base.zErrMsg = sqlite3_mprintf("%s", "a batch of rows makes no sense");
      return SQLITE_ERROR;
    }
    if( p->nRow>0 || p->bLast ) return SQLITE_OK;
    if( s3Interrupted(pTable->db) ){
      rc = SQLITE_INTERRUPT;
      break;
    }
  }
  s3NoRows(p);
  return rc;
}

/*
** Begin to go through the rows.
*/
static int s3Filter(
  sqlite3_vtab_cursor *pCursor,
  int idxNum,
  const char *idxStr,
  int argc,
  sqlite3_value **argv
){
  S3Cursor *p = (S3Cursor*)pCursor;
  S3Table *pTable = s3TableOf(p);
  S3Cell *a = 0;
  int i, rc;
  (void)idxNum;
  s3NoRows(p);
  if( argc>0 ){
    a = sqlite3_malloc64((sqlite3_uint64)argc*sizeof(*a));
    if( a==0 ) return SQLITE_NOMEM;
  }
  for(i=0; i<argc; i++){
    a[i] = (S3Cell){ .eType = sqlite3_value_type(argv[i]) };
    switch( a[i].eType ){
      case SQLITE_INTEGER:
        a[i].value = sqlite3_value_int64(argv[i]);
        break;
      case SQLITE_FLOAT: {
        double r = sqlite3_value_double(argv[i]);
        __builtin_memcpy(&a[i].value, &r, sizeof(r));
        break;
      }
      case SQLITE_TEXT:
        a[i].value = s3Ptr(sqlite3_value_text(argv[i]));
        a[i].nByte = sqlite3_value_bytes(argv[i]);
        break;
      case SQLITE_BLOB:
        a[i].value = s3Ptr(sqlite3_value_blob(argv[i]));
        a[i].nByte = sqlite3_value_bytes(argv[i]);
        break;
      default:
        break;
    }
    if( a[i].eType==SQLITE_TEXT && a[i].value==0 ){
      sqlite3_free(a);
      return SQLITE_NOMEM;
    }
  }
  rc = s3TableUpcall(pTable->iBinding, &pTable->base.zErrMsg, S3VFS_UP_FILTER, 0, p->handle,
                     s3Ptr(idxStr), s3Ptr(a), argc);
  sqlite3_free(a);
  return rc==SQLITE_OK ? s3Fetch(p) : rc;
}

static int s3Next(sqlite3_vtab_cursor *pCursor){
  S3Cursor *p = (S3Cursor*)pCursor;
  if( ++p->iRow<p->nRow || p->bLast ) return SQLITE_OK;
  return s3Fetch(p);
}

static int s3Eof(sqlite3_vtab_cursor *pCursor){
  S3Cursor *p = (S3Cursor*)pCursor;
  return p->iRow>=p->nRow;
}

static int s3Column(sqlite3_vtab_cursor *pCursor, sqlite3_context *pContext, int i){
  S3Cursor *p = (S3Cursor*)pCursor;
  const int *aiCell = (const int*)(p->aBatch + sizeof(S3Batch));
  const S3Cell *pCell;
  int iCell;
  if( p->iRow>=p->nRow || i<0 || i>=p->nColumn ) return SQLITE_ERROR;
  iCell = aiCell[i];
  /* A column that SQLite has not said it would use. */
  if( iCell<0 || iCell>=p->nCell ) return SQLITE_ERROR;
  pCell = &p->aCell[(size_t)p->iRow*(size_t)p->nCell + (size_t)iCell];
  switch( pCell->eType ){
    case SQLITE_INTEGER:
      sqlite3_result_int64(pContext, pCell->value);
      return SQLITE_OK;
    case SQLITE_FLOAT: {
      double r;
      __builtin_memcpy(&r, &pCell->value, sizeof(r));
      sqlite3_result_double(pContext, r);
      return SQLITE_OK;
    }
    case SQLITE_TEXT:
    case SQLITE_BLOB: {
      const char *z;
      if( pCell->nByte<0 || pCell->value<0 || pCell->value>p->nHeap
       || pCell->nByte>p->nHeap - (int)pCell->value
      ){
        return SQLITE_ERROR;
      }
      z = p->aHeap + (size_t)pCell->value;
      if( pCell->eType==SQLITE_TEXT ){
        sqlite3_result_text64(pContext, z, (sqlite3_uint64)pCell->nByte, SQLITE_TRANSIENT,
                              SQLITE_UTF8);
      }else{
        sqlite3_result_blob64(pContext, z, (sqlite3_uint64)pCell->nByte, SQLITE_TRANSIENT);
      }
      return SQLITE_OK;
    }
    case SQLITE_NULL:
      sqlite3_result_null(pContext);
      return SQLITE_OK;
    default:
      return SQLITE_ERROR;
  }
}

static int s3Rowid(sqlite3_vtab_cursor *pCursor, sqlite3_int64 *pRowid){
  S3Cursor *p = (S3Cursor*)pCursor;
  if( p->iRow>=p->nRow ) return SQLITE_ERROR;
  *pRowid = p->aiRow[p->iRow];
  return SQLITE_OK;
}

/* A table that has to be created. */
static const sqlite3_module s3CreatedTable = {
  .xCreate = s3Create,
  .xConnect = s3Connect,
  .xBestIndex = s3BestIndex,
  .xDisconnect = s3Disconnect,
  .xDestroy = s3Disconnect,
  .xOpen = s3OpenCursor,
  .xClose = s3CloseCursor,
  .xFilter = s3Filter,
  .xNext = s3Next,
  .xEof = s3Eof,
  .xColumn = s3Column,
  .xRowid = s3Rowid
};

/* A table-valued function: it is there under the name of its module. */
static const sqlite3_module s3TableFunction = {
  .xConnect = s3Connect,
  .xBestIndex = s3BestIndex,
  .xDisconnect = s3Disconnect,
  .xOpen = s3OpenCursor,
  .xClose = s3CloseCursor,
  .xFilter = s3Filter,
  .xNext = s3Next,
  .xEof = s3Eof,
  .xColumn = s3Column,
  .xRowid = s3Rowid
};

static void s3ModuleGone(void *pArg){
  S3Module *p = pArg;
  s3Release(p->iBinding, p->id, S3VFS_RELEASE_MODULE);
  sqlite3_free(p);
}

int s3vfs_module(sqlite3_int64 connection, const char *zName, int id, int bFunction){
  sqlite3 *db = (sqlite3*)(uintptr_t)connection;
  sqlite3_mutex *pMutex;
  S3Module *p;
  if( !s3IsReady() || db==0 || zName==0 ) return SQLITE_MISUSE;
  p = sqlite3_malloc64(sizeof(*p));
  if( p==0 ) return SQLITE_NOMEM;
  pMutex = s3Enter();
  *p = (S3Module){ .iBinding = s3Binding(), .id = id };
  sqlite3_mutex_leave(pMutex);
  return sqlite3_create_module_v2(db, zName, bFunction ? &s3TableFunction : &s3CreatedTable,
                                  p, s3ModuleGone);
}

int s3vfs_module_drop(sqlite3_int64 connection, const char *zName){
  sqlite3 *db = (sqlite3*)(uintptr_t)connection;
  if( !s3IsReady() || db==0 || zName==0 ) return SQLITE_MISUSE;
  return sqlite3_create_module_v2(db, zName, 0, 0, 0);
}
