/*
** Incremental BLOB I/O: sqlite3_blob_open() and its like for the host, and a
** virtual table without rows in each connection that has blobs, through which
** this library learns that the connection is being closed.
*/
#include <stddef.h>
#include <stdint.h>
#include "upcall.h"
#include "sqlite/sqlite3ext.h"
SQLITE_EXTENSION_INIT3

/*
** The table of functions that a JNIEnv points to (Java Native Interface
** Specification, chapter 4), as far as it is used: the positions are fixed.
*/
#if defined(_WIN32)
# define S3_JNICALL __stdcall
#else
# define S3_JNICALL
#endif
typedef void (*S3AnyFunction)(void);
#define S3_JNI_EXCEPTION_CLEAR 17
#define S3_JNI_DELETE_LOCAL_REF 23
#define S3_JNI_GET_OBJECT_CLASS 31
#define S3_JNI_GET_FIELD_ID 94
#define S3_JNI_GET_LONG_FIELD 101
typedef void (S3_JNICALL *S3ExceptionClear)(void *pEnv);
typedef void (S3_JNICALL *S3DeleteLocalRef)(void *pEnv, void *pObject);
typedef void *(S3_JNICALL *S3GetObjectClass)(void *pEnv, void *pObject);
typedef void *(S3_JNICALL *S3GetFieldId)(void *pEnv, void *pClass, const char *zName, const char *zType);
typedef sqlite3_int64 (S3_JNICALL *S3GetLongField)(void *pEnv, void *pObject, void *pField);

typedef struct S3Blobs S3Blobs;
typedef struct S3Blob S3Blob;

/* A blob as the host has it. */
struct S3Blob {
  sqlite3_blob *pBlob;        /* NULL when it was closed with its connection */
  S3Blobs *pOwner;            /* NULL when its connection is closed */
  S3Blob *pPrev, *pNext;      /* The other blobs of the connection */
  int bBusy;                  /* SQLite is being called about it */
  int rc;                     /* What closing it with its connection has answered */
};

/* What a connection has open: a virtual table that SQLite disconnects before
** the connection is closed. */
struct S3Blobs {
  sqlite3_vtab base;
  sqlite3 *db;
  S3Blob *pFirst;
  S3Blobs *pNext;             /* The next one of the same place of aBlobs[] */
};

/* All connections that have had blobs, by their addresses.  Under s3Enter(). */
#define S3_NPLACE 127
static S3Blobs *aBlobs[S3_NPLACE];

static S3Blobs **s3Place(sqlite3 *db){
  return &aBlobs[((uintptr_t)db>>4)%S3_NPLACE];
}

/*
** Return what a connection has open, or NULL if it has had no blobs.
*/
static S3Blobs *s3Find(sqlite3 *db){
  sqlite3_mutex *pMutex = s3Enter();
  S3Blobs *p = *s3Place(db);
  while( p && p->db!=db ) p = p->pNext;
  sqlite3_mutex_leave(pMutex);
  return p;
}

/*
** The virtual table.  It has a name (eponymous), so that it is there without
** having been created, and nothing can be done with it.
*/
static int s3Connect(
  sqlite3 *db,
  void *pAux,
  int argc,
  const char *const *argv,
  sqlite3_vtab **ppVtab,
  char **pzErr
){
  S3Blobs *p;
  S3Blobs **pp;
  sqlite3_mutex *pMutex;
  int rc = sqlite3_declare_vtab(db, "CREATE TABLE x(y)");
  (void)pAux; (void)argc; (void)argv; (void)pzErr;
  if( rc!=SQLITE_OK ) return rc;
  p = sqlite3_malloc64(sizeof(*p));
  if( p==0 ) return SQLITE_NOMEM;
  *p = (S3Blobs){ .db = db };
  pMutex = s3Enter();
  pp = s3Place(db);
  p->pNext = *pp;
  *pp = p;
  sqlite3_mutex_leave(pMutex);
  *ppVtab = &p->base;
  return SQLITE_OK;
}

/*
** The connection is being closed: close its blobs.
*/
static int s3Disconnect(sqlite3_vtab *pVtab){
  S3Blobs *p = (S3Blobs*)pVtab;
  sqlite3_mutex *pMutex = s3Enter();
  S3Blobs **pp = s3Place(p->db);
  S3Blob *pBlob;
  while( *pp!=p ) pp = &(*pp)->pNext;
  *pp = p->pNext;
  sqlite3_mutex_leave(pMutex);
  while( (pBlob = p->pFirst)!=0 ){
    p->pFirst = pBlob->pNext;
    if( p->pFirst ) p->pFirst->pPrev = 0;
    pBlob->pOwner = 0;
    if( pBlob->bBusy ) continue;      /* and so sqlite3_close() will be refused */
    pBlob->rc = sqlite3_blob_close(pBlob->pBlob);
    pBlob->pBlob = 0;
  }
  sqlite3_free(p);
  return SQLITE_OK;
}

static int s3BestIndex(sqlite3_vtab *pVtab, sqlite3_index_info *pInfo){
  (void)pVtab; (void)pInfo;
  return SQLITE_OK;
}
static int s3OpenCursor(sqlite3_vtab *pVtab, sqlite3_vtab_cursor **ppCursor){
  (void)pVtab; (void)ppCursor;
  return SQLITE_ERROR;
}
static int s3NoCursor(sqlite3_vtab_cursor *pCursor){
  (void)pCursor;
  return SQLITE_ERROR;
}
static int s3Filter(sqlite3_vtab_cursor *pCursor, int n, const char *z, int nArg, sqlite3_value **apArg){
  (void)pCursor; (void)n; (void)z; (void)nArg; (void)apArg;
  return SQLITE_ERROR;
}
static int s3Column(sqlite3_vtab_cursor *pCursor, sqlite3_context *pContext, int i){
  (void)pCursor; (void)pContext; (void)i;
  return SQLITE_ERROR;
}
static int s3Rowid(sqlite3_vtab_cursor *pCursor, sqlite3_int64 *pRowid){
  (void)pCursor; (void)pRowid;
  return SQLITE_ERROR;
}

static const sqlite3_module s3Module = {
  .xConnect = s3Connect,
  .xBestIndex = s3BestIndex,
  .xDisconnect = s3Disconnect,
  .xOpen = s3OpenCursor,
  .xClose = s3NoCursor,
  .xFilter = s3Filter,
  .xNext = s3NoCursor,
  .xEof = s3NoCursor,
  .xColumn = s3Column,
  .xRowid = s3Rowid
};

/*
** Have the virtual table connected.  Its name is this library's own, although
** copies of it may be loaded into the same SQLite.  To prepare a statement that
** names the table is enough.
*/
static int s3Watch(sqlite3 *db){
  sqlite3_stmt *pStmt = 0;
  int rc = SQLITE_NOMEM;
  char *zName = sqlite3_mprintf("s3vfs_blobs_%llx", (unsigned long long)(uintptr_t)aBlobs);
  char *zSql = sqlite3_mprintf("SELECT 1 FROM \"%w\"", zName);
  if( zName && zSql ){
    rc = sqlite3_create_module_v2(db, zName, &s3Module, 0, 0);
    if( rc==SQLITE_OK ) rc = sqlite3_prepare_v2(db, zSql, -1, &pStmt, 0);
    sqlite3_finalize(pStmt);
  }
  sqlite3_free(zSql);
  sqlite3_free(zName);
  if( rc==SQLITE_OK && s3Find(db)==0 ) rc = SQLITE_ERROR;     /* a table of that name */
  return rc;
}

sqlite3_int64 s3vfs_connection(void *pEnv, void *pDb){
  const S3AnyFunction *aJni = *(const S3AnyFunction *const*)pEnv;
  void *pClass = ((S3GetObjectClass)aJni[S3_JNI_GET_OBJECT_CLASS])(pEnv, pDb);
  void *pField = ((S3GetFieldId)aJni[S3_JNI_GET_FIELD_ID])(pEnv, pClass, "pointer", "J");
  sqlite3_int64 db = -1;
  if( pField ){
    db = ((S3GetLongField)aJni[S3_JNI_GET_LONG_FIELD])(pEnv, pDb, pField);
  }else{
    ((S3ExceptionClear)aJni[S3_JNI_EXCEPTION_CLEAR])(pEnv);
  }
  ((S3DeleteLocalRef)aJni[S3_JNI_DELETE_LOCAL_REF])(pEnv, pClass);
  return db;
}

int s3vfs_blob_open(
  sqlite3_int64 connection,
  const char *zDb,
  const char *zTable,
  const char *zColumn,
  sqlite3_int64 iRow,
  int bWrite,
  sqlite3_int64 *pOut
){
  sqlite3 *db = (sqlite3*)(uintptr_t)connection;
  S3Blob *p;
  int rc;
  *pOut = 0;
  if( !s3IsReady() || db==0 ) return SQLITE_MISUSE;
  if( s3Find(db)==0 ){
    rc = s3Watch(db);
    if( rc!=SQLITE_OK ) return rc;
  }
  p = sqlite3_malloc64(sizeof(*p));
  if( p==0 ) return SQLITE_NOMEM;
  *p = (S3Blob){ 0 };
  rc = sqlite3_blob_open(db, zDb, zTable, zColumn, iRow, bWrite, &p->pBlob);
  if( rc==SQLITE_OK ){
    /* Callbacks may have run, and in them somebody may have tried to close it. */
    p->pOwner = s3Find(db);
    if( p->pOwner==0 ){
      sqlite3_blob_close(p->pBlob);
      rc = SQLITE_MISUSE;
    }
  }
  if( rc!=SQLITE_OK ){
    sqlite3_free(p);
    return rc;
  }
  p->pNext = p->pOwner->pFirst;
  if( p->pNext ) p->pNext->pPrev = p;
  p->pOwner->pFirst = p;
  *pOut = s3Ptr(p);
  return SQLITE_OK;
}

/*
** Begin a call about a blob: return false if there can be none.
*/
static int s3Begin(S3Blob *p){
  if( p->pBlob==0 || p->bBusy ) return 0;
  p->bBusy = 1;
  return 1;
}

int s3vfs_blob_bytes(sqlite3_int64 blob){
  S3Blob *p = (S3Blob*)(uintptr_t)blob;
  return p->pBlob ? sqlite3_blob_bytes(p->pBlob) : -1;
}

int s3vfs_blob_read(sqlite3_int64 blob, sqlite3_int64 buf, int nByte, int iOffset){
  S3Blob *p = (S3Blob*)(uintptr_t)blob;
  int rc;
  if( !s3Begin(p) ) return SQLITE_MISUSE;
  rc = sqlite3_blob_read(p->pBlob, (void*)(uintptr_t)buf, nByte, iOffset);
  p->bBusy = 0;
  return rc;
}

int s3vfs_blob_write(sqlite3_int64 blob, sqlite3_int64 buf, int nByte, int iOffset){
  S3Blob *p = (S3Blob*)(uintptr_t)blob;
  int rc;
  if( !s3Begin(p) ) return SQLITE_MISUSE;
  rc = sqlite3_blob_write(p->pBlob, (const void*)(uintptr_t)buf, nByte, iOffset);
  p->bBusy = 0;
  return rc;
}

int s3vfs_blob_reopen(sqlite3_int64 blob, sqlite3_int64 iRow){
  S3Blob *p = (S3Blob*)(uintptr_t)blob;
  int rc;
  if( !s3Begin(p) ) return SQLITE_MISUSE;
  rc = sqlite3_blob_reopen(p->pBlob, iRow);
  p->bBusy = 0;
  return rc;
}

int s3vfs_blob_close(sqlite3_int64 blob){
  S3Blob *p = (S3Blob*)(uintptr_t)blob;
  int rc;
  if( p->bBusy ) return SQLITE_MISUSE;
  if( p->pOwner ){
    if( p->pPrev ) p->pPrev->pNext = p->pNext;
    else p->pOwner->pFirst = p->pNext;
    if( p->pNext ) p->pNext->pPrev = p->pPrev;
  }
  rc = p->rc;
  if( p->pBlob ){
    sqlite3_blob *pBlob = p->pBlob;
    p->pBlob = 0;
    p->bBusy = 1;                       /* callbacks run while it commits */
    rc = sqlite3_blob_close(pBlob);
  }
  sqlite3_free(p);
  return rc;
}
