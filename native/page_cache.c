/*
** The page cache: pages of database files, in memory that all connections of a
** VFS share, bounded in bytes.
**
** A page is kept under a key that names bytes which never change (the host says
** what that is: a place in a segment, a version of a block), so no page is ever
** invalidated; it is only given up.  Beside that each page knows for which views
** of its database file it is the page of that number:
**
**     iFrom .. iSeen    it is in these views, and in all between
**     bOpen             and in all later ones, until s3CacheChanged() is called,
**                       or the volume's iFloor rises above iSeen
**
** Why that is enough: the pages of a file change from view to view; bytes that
** were replaced never come back under the same key.  So the views that have a
** page are neighbours, and two that are known tell about all between them.
**
** A new view is announced in three steps: iCurrent, then s3CacheChanged() for
** all that has changed (or iFloor), then iReady.  Nobody is answered from the
** cache for a view above iReady.  Whoever takes note meanwhile that a page is in
** the view that was the newest one reads iCurrent under the mutex of the page:
** either he finds the new one, and the page is not open, or s3CacheChanged()
** comes to that page after him.
**
** Pages are spread over shards, each with a mutex, a hash table and a share of
** the memory.  What is given up is chosen by the CLOCK algorithm: the hand goes
** round, and takes the first page that may not stay.  How often the hand lets a
** page stay is
**
**     0   if it was read once, or came beside one that was wanted
**     1   if it was fetched ahead, and nobody has read it
**     2   if it was read again since the hand came by
**
** and one less each time.  So a scan of a large table displaces what it has read
** itself before what is fetched for it, and that before what is used again and
** again: pages fetched ahead that nobody comes for displace each other.  The hand
** finds a page after three rounds at most.
*/
#include <stddef.h>
#include <stdint.h>
#include "page_cache.h"
#include "upcall.h"
#include "sqlite/sqlite3ext.h"
SQLITE_EXTENSION_INIT3

#define S3_SHARDS 16                  /* At most.  A power of two */
#define S3_SHARD_BYTES (1<<20)        /* A shard has at least that, if there are several */
#define S3_BUCKETS 64                 /* At first.  A power of two */
#define S3_OVERHEAD 16                /* What an allocation costs beside its bytes */
#define S3_STAY_AHEAD 1               /* See above */
#define S3_STAY_AGAIN 2

/* What inner pages of B-trees begin with. */
#define S3_INDEX_INNER 2
#define S3_TABLE_INNER 5

typedef struct S3Page S3Page;
typedef struct S3Shard S3Shard;

/* A page.  Its bytes follow. */
struct S3Page {
  S3Page *pHash;              /* Next in the same bucket */
  S3Page *pNext, *pPrev;      /* The ring that the hand goes round */
  unsigned iVolume, pgno;     /* Of which file, and which */
  unsigned iFrom, iSeen;      /* See above.  iFrom is 0 if no view is known */
  unsigned nByte;             /* Its size */
  unsigned char bOpen;        /* See above */
  unsigned char nStay;        /* How often the hand still passes by */
  unsigned char eUnread;      /* S3VFS_PUT_READ once it was read; before, how it came */
  S3Key key;
};

struct S3Shard {
  sqlite3_mutex *pMutex;      /* Guards all of it, and its pages */
  S3Page **apHash;
  unsigned nHash;             /* A power of two */
  unsigned nPage;
  S3Page *pHand;              /* NULL if there is no page */
  sqlite3_int64 nByte;        /* Memory in use */
  sqlite3_int64 nMax;         /* The most of it; 0 when the cache was closed */
  sqlite3_int64 nHit;         /* Reads that were answered */
  sqlite3_int64 nAhead;       /* Pages that were fetched ahead; of these: */
  sqlite3_int64 nAheadUsed;   /* were read, */
  sqlite3_int64 nAheadWasted; /* were given up unread */
};

struct S3Cache {
  unsigned nRef;              /* Atomic */
  unsigned nVolume;           /* Volumes so far.  Atomic */
  unsigned nShard;            /* A power of two */
  S3Shard aShard[S3_SHARDS];
};

static unsigned s3Hash(unsigned iVolume, unsigned pgno){
  unsigned h = pgno*0x9e3779b1u ^ iVolume*0x85ebca77u;
  return h ^ (h>>15);
}

/* Return the shard of a page, with its mutex entered. */
static S3Shard *s3EnterShard(S3Cache *p, unsigned h){
  S3Shard *pShard = &p->aShard[h & (p->nShard - 1)];
  sqlite3_mutex_enter(pShard->pMutex);
  return pShard;
}

static S3Page **s3Bucket(const S3Shard *p, unsigned h){
  return &p->apHash[(h>>4) & (p->nHash - 1)];
}

static int s3KeyEqual(const S3Key *pA, const S3Key *pB){
  return pA->a[0]==pB->a[0] && pA->a[1]==pB->a[1]
      && pA->a[2]==pB->a[2] && pA->a[3]==pB->a[3];
}

static S3Page *s3FindKey(
  const S3Shard *pShard, unsigned h, unsigned iVolume, unsigned pgno, const S3Key *pKey
){
  S3Page *p = *s3Bucket(pShard, h);
  while( p && (p->pgno!=pgno || p->iVolume!=iVolume || !s3KeyEqual(&p->key, pKey)) ){
    p = p->pHash;
  }
  return p;
}

static sqlite3_int64 s3Cost(unsigned nByte){
  return (sqlite3_int64)sizeof(S3Page) + nByte + S3_OVERHEAD;
}

/* What the hash table costs. */
static sqlite3_int64 s3TableCost(const S3Shard *p){
  return (sqlite3_int64)(p->nHash*sizeof(S3Page*));
}

/*
** Take a page out of the ring and its bucket.
*/
static void s3Unlink(S3Shard *pShard, S3Page *p){
  S3Page **pp = s3Bucket(pShard, s3Hash(p->iVolume, p->pgno));
  while( *pp!=p ) pp = &(*pp)->pHash;
  *pp = p->pHash;
  if( p->pNext==p ){
    pShard->pHand = 0;
  }else{
    p->pNext->pPrev = p->pPrev;
    p->pPrev->pNext = p->pNext;
    if( pShard->pHand==p ) pShard->pHand = p->pNext;
  }
  pShard->nPage--;
  pShard->nByte -= s3Cost(p->nByte);
}

/*
** Give pages up until there is room for some bytes.  Return them as a list by
** pHash, to be freed behind the mutex.
*/
static S3Page *s3MakeRoom(S3Shard *pShard, sqlite3_int64 nMax){
  S3Page *pOut = 0;
  while( pShard->nByte>nMax && pShard->pHand ){
    S3Page *p = pShard->pHand;
    if( p->nStay ){
      p->nStay--;
      pShard->pHand = p->pNext;
    }else{
      pShard->nAheadWasted += p->eUnread==S3VFS_PUT_AHEAD;
      s3Unlink(pShard, p);
      p->pHash = pOut;
      pOut = p;
    }
  }
  return pOut;
}

static void s3FreeList(S3Page *p){
  while( p ){
    S3Page *pNext = p->pHash;
    sqlite3_free(p);
    p = pNext;
  }
}

/*
** Make the hash table larger if it has become full.  Without memory it stays
** as it is.
*/
static void s3Grow(S3Shard *p){
  S3Page **apNew;
  S3Page **apOld = p->apHash;
  unsigned nOld = p->nHash;
  unsigned i;
  if( p->nPage<nOld || nOld>=(1u<<28) ) return;
  apNew = sqlite3_malloc64(2*(sqlite3_uint64)nOld*sizeof(S3Page*));
  if( apNew==0 ) return;
  __builtin_memset(apNew, 0, 2*nOld*sizeof(S3Page*));
  p->apHash = apNew;
  p->nHash = 2*nOld;
  p->nByte += (sqlite3_int64)(nOld*sizeof(S3Page*));
  for(i=0; i<nOld; i++){
    S3Page *pPage = apOld[i];
    while( pPage ){
      S3Page *pNext = pPage->pHash;
      S3Page **pp = s3Bucket(p, s3Hash(pPage->iVolume, pPage->pgno));
      pPage->pHash = *pp;
      *pp = pPage;
      pPage = pNext;
    }
  }
  sqlite3_free(apOld);
}

/*
** Take note that a page is in a view.  The mutex of its shard is held.
*/
static void s3InView(S3Page *p, const S3Views *pViews, unsigned iView){
  if( iView==0 ) return;
  if( p->iFrom==0 ){
    p->iFrom = p->iSeen = iView;
  }else{
    if( iView<p->iFrom ) p->iFrom = iView;
    if( iView>p->iSeen ) p->iSeen = iView;
  }
  if( iView==__atomic_load_n(&pViews->iCurrent, __ATOMIC_SEQ_CST) ) p->bOpen = 1;
}

/*
** Take note that a page was read.  The mutex of its shard is held.
*/
static void s3WasRead(S3Shard *pShard, S3Page *p){
  pShard->nAheadUsed += p->eUnread==S3VFS_PUT_AHEAD;
  p->nStay = p->eUnread ? 0 : S3_STAY_AGAIN;
  p->eUnread = S3VFS_PUT_READ;
}

int s3CacheRead(
  S3Cache *p,
  const S3Views *pViews,
  unsigned iView,
  unsigned pgno,
  unsigned iStart,
  void *pBuf,
  unsigned nByte
){
  unsigned h = s3Hash(pViews->iVolume, pgno);
  unsigned iFloor;
  S3Shard *pShard;
  S3Page *pPage;
  if( iView==0 || iView>__atomic_load_n(&pViews->iReady, __ATOMIC_SEQ_CST) ) return 0;
  iFloor = __atomic_load_n(&pViews->iFloor, __ATOMIC_SEQ_CST);
  pShard = s3EnterShard(p, h);
  for(pPage=*s3Bucket(pShard, h); pPage; pPage=pPage->pHash){
    if( pPage->pgno!=pgno || pPage->iVolume!=pViews->iVolume ) continue;
    if( pPage->iFrom==0 || pPage->iFrom>iView || iStart+nByte>pPage->nByte ) continue;
    if( iView<=pPage->iSeen ) break;
    if( pPage->bOpen && pPage->iSeen>=iFloor && iView>=iFloor ){
      pPage->iSeen = iView;
      break;
    }
  }
  if( pPage ){
    __builtin_memcpy(pBuf, (const char*)(pPage+1) + iStart, nByte);
    s3WasRead(pShard, pPage);
    pShard->nHit++;
  }
  sqlite3_mutex_leave(pShard->pMutex);
  return pPage!=0;
}

int s3CacheReadKey(
  S3Cache *p,
  const S3Views *pViews,
  unsigned iView,
  const S3Key *pKey,
  unsigned pgno,
  unsigned szPage,
  unsigned iStart,
  void *pBuf,
  unsigned nByte,
  int bLook
){
  unsigned h = s3Hash(pViews->iVolume, pgno);
  S3Shard *pShard = s3EnterShard(p, h);
  S3Page *pPage = s3FindKey(pShard, h, pViews->iVolume, pgno, pKey);
  if( pPage && (pPage->nByte!=szPage || iStart>szPage || nByte>szPage-iStart) ) pPage = 0;
  if( pPage ){
    s3InView(pPage, pViews, iView);
    if( nByte ){
      __builtin_memcpy(pBuf, (const char*)(pPage+1) + iStart, nByte);
      if( !bLook ) s3WasRead(pShard, pPage);
    }
  }
  sqlite3_mutex_leave(pShard->pMutex);
  return pPage!=0;
}

void s3CacheNeighbour(
  S3Cache *p,
  const S3Views *pViews,
  unsigned iView,
  const S3Key *pKey,
  unsigned pgno,
  unsigned szPage
){
  unsigned h = s3Hash(pViews->iVolume, pgno);
  S3Shard *pShard = s3EnterShard(p, h);
  S3Page *pPage = s3FindKey(pShard, h, pViews->iVolume, pgno, pKey);
  if( pPage && pPage->nByte==szPage ){
    unsigned char eType = *(const unsigned char*)(pPage+1);
    if( eType!=S3_INDEX_INNER && eType!=S3_TABLE_INNER ) s3InView(pPage, pViews, iView);
  }
  sqlite3_mutex_leave(pShard->pMutex);
}

void s3CachePut(
  S3Cache *p,
  const S3Views *pViews,
  unsigned iView,
  const S3Key *pKey,
  unsigned pgno,
  const void *pPage,
  unsigned szPage,
  int ePut
){
  unsigned h = s3Hash(pViews->iVolume, pgno);
  sqlite3_int64 nCost = s3Cost(szPage);
  S3Shard *pShard;
  S3Page *pOld;
  S3Page *pOut = 0;
  /* Outside of the mutex: it may take long. */
  S3Page *pNew = sqlite3_malloc64(sizeof(S3Page) + szPage);
  if( pNew==0 ) return;
  pNew->iVolume = pViews->iVolume;
  pNew->pgno = pgno;
  pNew->iFrom = pNew->iSeen = 0;
  pNew->nByte = szPage;
  pNew->bOpen = 0;
  pNew->eUnread = (unsigned char)ePut;
  pNew->nStay = ePut==S3VFS_PUT_AHEAD ? S3_STAY_AHEAD : 0;
  pNew->key = *pKey;
  __builtin_memcpy(pNew+1, pPage, szPage);
  pShard = s3EnterShard(p, h);
  pOld = s3FindKey(pShard, h, pViews->iVolume, pgno, pKey);
  if( pOld==0 && nCost<=pShard->nMax - s3TableCost(pShard) ){
    s3Grow(pShard);           /* First: the table takes room, too */
    pOut = s3MakeRoom(pShard, pShard->nMax - nCost);
  }
  pShard->nAhead += pOld==0 && ePut==S3VFS_PUT_AHEAD;
  if( pOld || nCost>pShard->nMax - pShard->nByte ){
    if( pOld ) s3InView(pOld, pViews, iView);
    else pShard->nAheadWasted += ePut==S3VFS_PUT_AHEAD;
    pNew->pHash = pOut;
    pOut = pNew;
  }else{
    S3Page **pp = s3Bucket(pShard, h);
    pNew->pHash = *pp;
    *pp = pNew;
    if( pShard->pHand ){
      /* Behind the hand, which comes to it last of all. */
      pNew->pNext = pShard->pHand;
      pNew->pPrev = pShard->pHand->pPrev;
      pNew->pPrev->pNext = pNew;
      pNew->pNext->pPrev = pNew;
    }else{
      pShard->pHand = pNew->pNext = pNew->pPrev = pNew;
    }
    pShard->nPage++;
    pShard->nByte += nCost;
    s3InView(pNew, pViews, iView);
  }
  sqlite3_mutex_leave(pShard->pMutex);
  s3FreeList(pOut);
}

void s3CacheChanged(S3Cache *p, const S3Views *pViews, unsigned iView, unsigned pgno){
  unsigned h = s3Hash(pViews->iVolume, pgno);
  unsigned iFloor = __atomic_load_n(&pViews->iFloor, __ATOMIC_SEQ_CST);
  S3Shard *pShard = s3EnterShard(p, h);
  S3Page *pPage;
  for(pPage=*s3Bucket(pShard, h); pPage; pPage=pPage->pHash){
    if( pPage->pgno!=pgno || pPage->iVolume!=pViews->iVolume ) continue;
    if( pPage->bOpen && pPage->iFrom<iView ){
      if( pPage->iSeen>=iFloor && pPage->iSeen<iView-1 ) pPage->iSeen = iView - 1;
      pPage->bOpen = 0;
    }
  }
  sqlite3_mutex_leave(pShard->pMutex);
}

void s3CacheHold(S3Cache *p){
  __atomic_fetch_add(&p->nRef, 1, __ATOMIC_RELAXED);
}

void s3CacheRelease(S3Cache *p){
  unsigned i;
  if( __atomic_sub_fetch(&p->nRef, 1, __ATOMIC_ACQ_REL)!=0 ) return;
  for(i=0; i<p->nShard; i++){
    S3Shard *pShard = &p->aShard[i];
    s3FreeList(s3MakeRoom(pShard, -1));
    sqlite3_free(pShard->apHash);
    sqlite3_mutex_free(pShard->pMutex);
  }
  sqlite3_free(p);
}

unsigned s3CacheVolume(S3Cache *p){
  return __atomic_add_fetch(&p->nVolume, 1, __ATOMIC_RELAXED);
}

sqlite3_int64 s3vfs_cache_new(sqlite3_int64 nByte){
  sqlite3_int64 nMax = nByte>0 ? nByte : 0;
  S3Cache *p;
  unsigned i;
  if( !s3IsReady() ) return 0;
  p = sqlite3_malloc64(sizeof(S3Cache));
  if( p==0 ) return 0;
  __builtin_memset(p, 0, sizeof(*p));
  p->nRef = 1;
  for(p->nShard=1; p->nShard<S3_SHARDS && nMax>=2*S3_SHARD_BYTES; p->nShard*=2) nMax >>= 1;
  for(i=0; i<p->nShard; i++){
    S3Shard *pShard = &p->aShard[i];
    pShard->pMutex = sqlite3_mutex_alloc(SQLITE_MUTEX_FAST);
    pShard->apHash = sqlite3_malloc64(S3_BUCKETS*sizeof(S3Page*));
    if( pShard->pMutex==0 || pShard->apHash==0 ){
      p->nShard = i + 1;
      s3CacheRelease(p);
      return 0;
    }
    __builtin_memset(pShard->apHash, 0, S3_BUCKETS*sizeof(S3Page*));
    pShard->nHash = S3_BUCKETS;
    pShard->nMax = nMax;
    pShard->nByte = s3TableCost(pShard);
  }
  return s3Ptr(p);
}

void s3vfs_cache_free(sqlite3_int64 cache){
  S3Cache *p = (S3Cache*)(uintptr_t)cache;
  unsigned i;
  for(i=0; i<p->nShard; i++){
    S3Shard *pShard = &p->aShard[i];
    S3Page *pOut;
    sqlite3_mutex_enter(pShard->pMutex);
    pShard->nMax = 0;
    pOut = s3MakeRoom(pShard, -1);
    sqlite3_mutex_leave(pShard->pMutex);
    s3FreeList(pOut);
  }
  s3CacheRelease(p);
}

sqlite3_int64 s3vfs_cache_stat(sqlite3_int64 cache, int eStat){
  S3Cache *p = (S3Cache*)(uintptr_t)cache;
  sqlite3_int64 n = 0;
  unsigned i;
  for(i=0; i<p->nShard; i++){
    S3Shard *pShard = &p->aShard[i];
    sqlite3_mutex_enter(pShard->pMutex);
    switch( eStat ){
      case S3VFS_STAT_BYTES:  n += pShard->nByte;        break;
      case S3VFS_STAT_HITS:   n += pShard->nHit;         break;
      case S3VFS_STAT_PAGES:  n += pShard->nPage;        break;
      case S3VFS_STAT_AHEAD:  n += pShard->nAhead;       break;
      case S3VFS_STAT_USED:   n += pShard->nAheadUsed;   break;
      case S3VFS_STAT_WASTED: n += pShard->nAheadWasted; break;
    }
    sqlite3_mutex_leave(pShard->pMutex);
  }
  return n;
}
