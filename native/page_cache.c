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
**
** A shard takes memory for several pages of one size at once: a slab.  In threads
** other than the first one, glibc's malloc() asks the system for more with nearly
** every page, which costs as much as all else that is done to take it in.  A slab
** is given back when it has no page any more: where a page of another size needs
** its room, all of its pages are given up.
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
#define S3_SLAB_BYTES (1<<16)         /* The most of a slab of several pages */
#define S3_SLABS_SHIFT 8              /* A full shard has 256, or more, or one for each page */
#define S3_SLAB_HEAD ((sizeof(S3Slab)+7) & ~(size_t)7)
#define S3_OVERHEAD 16                /* What an allocation costs beside its bytes */
#define S3_STAY_AHEAD 1               /* See above */
#define S3_STAY_AGAIN 2

/* What inner pages of B-trees begin with. */
#define S3_INDEX_INNER 2
#define S3_TABLE_INNER 5

typedef struct S3Page S3Page;
typedef struct S3Slab S3Slab;
typedef struct S3Shard S3Shard;

/* A page.  Its bytes follow. */
struct S3Page {
  S3Page *pHash;              /* Next in the same bucket, or next free one of the slab */
  S3Slab *pSlab;              /* Where it is */
  S3Page *pNext, *pPrev;      /* The ring that the hand goes round */
  unsigned iVolume, pgno;     /* Of which file, and which */
  unsigned iFrom, iSeen;      /* See above.  iFrom is 0 if no view is known */
  unsigned nByte;             /* Its size */
  unsigned char bOpen;        /* See above */
  unsigned char nStay;        /* How often the hand still passes by */
  unsigned char eUnread;      /* S3VFS_PUT_READ once it was read; before, how it came */
  S3Key key;
};

/* Memory for pages of one size.  They follow. */
struct S3Slab {
  S3Slab *pNext, *pPrev;      /* In the list of those with room */
  S3Page *pFree;              /* Pages that were given up */
  unsigned nByte;             /* Size of a page */
  unsigned nPage;             /* Room for so many */
  unsigned nUsed;             /* So many are in the cache */
  unsigned nBegun;            /* Up to here, memory was ever used */
};

struct S3Shard {
  sqlite3_mutex *pMutex;      /* Guards all of it, and its pages */
  S3Slab *pRoom;              /* Slabs with room for a page */
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

/* How far apart the pages of a slab are. */
static unsigned s3Stride(unsigned nByte){
  return ((unsigned)sizeof(S3Page) + nByte + 7) & ~7u;
}

/* How many pages a slab has. */
static unsigned s3SlabPages(const S3Shard *p, unsigned nByte){
  sqlite3_int64 nMax = p->nMax>>S3_SLABS_SHIFT;
  unsigned nStride = s3Stride(nByte), nPage = 1;
  if( nMax>S3_SLAB_BYTES ) nMax = S3_SLAB_BYTES;
  /* Not by a division, for which some platforms need a library of the compiler. */
  while( (sqlite3_int64)(nPage+1)*nStride<=nMax ) nPage++;
  return nPage;
}

/* What a slab costs. */
static sqlite3_int64 s3Cost(unsigned nPage, unsigned nByte){
  return (sqlite3_int64)S3_SLAB_HEAD + (sqlite3_int64)nPage*s3Stride(nByte) + S3_OVERHEAD;
}

/* What the hash table costs. */
static sqlite3_int64 s3TableCost(const S3Shard *p){
  return (sqlite3_int64)(p->nHash*sizeof(S3Page*));
}

static void s3PutRoom(S3Shard *pShard, S3Slab *p){
  p->pPrev = 0;
  p->pNext = pShard->pRoom;
  if( p->pNext ) p->pNext->pPrev = p;
  pShard->pRoom = p;
}

static void s3TakeRoom(S3Shard *pShard, S3Slab *p){
  if( p->pPrev ) p->pPrev->pNext = p->pNext;
  else pShard->pRoom = p->pNext;
  if( p->pNext ) p->pNext->pPrev = p->pPrev;
}

/*
** Take a page out of the ring and its bucket.  If its slab has no other one,
** that is added to a list by pNext, to be freed behind the mutex.
*/
static void s3Unlink(S3Shard *pShard, S3Page *p, S3Slab **ppOut){
  S3Page **pp = s3Bucket(pShard, s3Hash(p->iVolume, p->pgno));
  S3Slab *pSlab = p->pSlab;
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
  if( pSlab->nUsed==pSlab->nPage ) s3PutRoom(pShard, pSlab);
  p->pHash = pSlab->pFree;
  pSlab->pFree = p;
  if( --pSlab->nUsed==0 ){
    s3TakeRoom(pShard, pSlab);
    pShard->nByte -= s3Cost(pSlab->nPage, pSlab->nByte);
    pSlab->pNext = *ppOut;
    *ppOut = pSlab;
  }
}

/*
** Give a page up.  There must be one.
*/
static void s3GiveUp(S3Shard *pShard, S3Slab **ppOut){
  S3Page *p = pShard->pHand;
  while( p->nStay ){
    p->nStay--;
    p = p->pNext;
  }
  pShard->pHand = p;
  pShard->nAheadWasted += p->eUnread==S3VFS_PUT_AHEAD;
  s3Unlink(pShard, p, ppOut);
}

static void s3GiveUpAll(S3Shard *pShard, S3Slab **ppOut){
  while( pShard->pHand ) s3GiveUp(pShard, ppOut);
}

static void s3FreeSlabs(S3Slab *p){
  while( p ){
    S3Slab *pNext = p->pNext;
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
** Return a slab with room for a page, for which others are given up if need be;
** or NULL if it does not fit, or there is no memory.
*/
static S3Slab *s3Room(S3Shard *pShard, unsigned nByte, S3Slab **ppOut){
  unsigned nPage = s3SlabPages(pShard, nByte);
  sqlite3_int64 nCost = s3Cost(nPage, nByte);
  S3Slab *p;
  if( nCost>pShard->nMax - s3TableCost(pShard) ) return 0;
  s3Grow(pShard);             /* First: the table takes room, too */
  while( pShard->pHand && pShard->nByte>pShard->nMax ) s3GiveUp(pShard, ppOut);
  for(;;){
    for(p=pShard->pRoom; p && p->nByte!=nByte; p=p->pNext){}
    if( p ) return p;
    if( nCost<=pShard->nMax - pShard->nByte ) break;
    if( pShard->pHand==0 ) return 0;
    s3GiveUp(pShard, ppOut);
  }
  p = sqlite3_malloc64((sqlite3_uint64)nCost - S3_OVERHEAD);
  if( p==0 ) return 0;
  p->pFree = 0;
  p->nByte = nByte;
  p->nPage = nPage;
  p->nUsed = p->nBegun = 0;
  pShard->nByte += nCost;
  s3PutRoom(pShard, p);
  return p;
}

/*
** Return memory of a slab that has room.
*/
static S3Page *s3NewPage(S3Shard *pShard, S3Slab *pSlab){
  S3Page *p = pSlab->pFree;
  if( p ){
    pSlab->pFree = p->pHash;
  }else{
    p = (S3Page*)(void*)((char*)pSlab + S3_SLAB_HEAD + (size_t)pSlab->nBegun++*s3Stride(pSlab->nByte));
  }
  p->pSlab = pSlab;
  if( ++pSlab->nUsed==pSlab->nPage ) s3TakeRoom(pShard, pSlab);
  return p;
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

/*
** Find a page of at least nByte bytes as it is in a view, which the cache knows
** all changes up to.  The mutex of its shard is held.
*/
static S3Page *s3FindView(
  const S3Shard *pShard,
  unsigned h,
  const S3Views *pViews,
  unsigned iView,
  unsigned pgno,
  unsigned nByte
){
  unsigned iFloor = __atomic_load_n(&pViews->iFloor, __ATOMIC_SEQ_CST);
  S3Page *pPage;
  for(pPage=*s3Bucket(pShard, h); pPage; pPage=pPage->pHash){
    if( pPage->pgno!=pgno || pPage->iVolume!=pViews->iVolume ) continue;
    if( pPage->iFrom==0 || pPage->iFrom>iView || nByte>pPage->nByte ) continue;
    if( iView<=pPage->iSeen ) break;
    if( pPage->bOpen && pPage->iSeen>=iFloor && iView>=iFloor ){
      pPage->iSeen = iView;
      break;
    }
  }
  return pPage;
}

/*
** Return true if the cache knows all changes up to a view.
*/
static int s3IsKnown(const S3Views *pViews, unsigned iView){
  return iView!=0 && iView<=__atomic_load_n(&pViews->iReady, __ATOMIC_SEQ_CST);
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
  S3Shard *pShard;
  S3Page *pPage;
  if( !s3IsKnown(pViews, iView) ) return 0;
  pShard = s3EnterShard(p, h);
  pPage = s3FindView(pShard, h, pViews, iView, pgno, iStart+nByte);
  if( pPage ){
    __builtin_memcpy(pBuf, (const char*)(pPage+1) + iStart, nByte);
    s3WasRead(pShard, pPage);
    pShard->nHit++;
  }
  sqlite3_mutex_leave(pShard->pMutex);
  return pPage!=0;
}

int s3CacheHas(S3Cache *p, const S3Views *pViews, unsigned iView, unsigned pgno){
  unsigned h = s3Hash(pViews->iVolume, pgno);
  S3Shard *pShard;
  int bHas;
  if( !s3IsKnown(pViews, iView) ) return 0;
  pShard = s3EnterShard(p, h);
  bHas = s3FindView(pShard, h, pViews, iView, pgno, 0)!=0;
  sqlite3_mutex_leave(pShard->pMutex);
  return bHas;
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
  S3Shard *pShard = s3EnterShard(p, h);
  S3Page *pOld = s3FindKey(pShard, h, pViews->iVolume, pgno, pKey);
  S3Slab *pOut = 0;
  S3Slab *pSlab;
  if( pOld ){
    s3InView(pOld, pViews, iView);
    sqlite3_mutex_leave(pShard->pMutex);
    return;
  }
  pShard->nAhead += ePut==S3VFS_PUT_AHEAD;
  pSlab = s3Room(pShard, szPage, &pOut);
  if( pSlab ){
    S3Page *pNew = s3NewPage(pShard, pSlab);
    S3Page **pp = s3Bucket(pShard, h);
    pNew->iVolume = pViews->iVolume;
    pNew->pgno = pgno;
    pNew->iFrom = pNew->iSeen = 0;
    pNew->nByte = szPage;
    pNew->bOpen = 0;
    pNew->eUnread = (unsigned char)ePut;
    pNew->nStay = ePut==S3VFS_PUT_AHEAD ? S3_STAY_AHEAD : 0;
    pNew->key = *pKey;
    __builtin_memcpy(pNew+1, pPage, szPage);
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
    s3InView(pNew, pViews, iView);
  }else{
    pShard->nAheadWasted += ePut==S3VFS_PUT_AHEAD;
  }
  sqlite3_mutex_leave(pShard->pMutex);
  s3FreeSlabs(pOut);
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
    S3Slab *pOut = 0;
    s3GiveUpAll(pShard, &pOut);
    s3FreeSlabs(pOut);
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
    S3Slab *pOut = 0;
    sqlite3_mutex_enter(pShard->pMutex);
    pShard->nMax = 0;
    s3GiveUpAll(pShard, &pOut);
    sqlite3_mutex_leave(pShard->pMutex);
    s3FreeSlabs(pOut);
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
