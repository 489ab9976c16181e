/*
** Binding and unbinding while other threads make upcalls.
*/
#define _DEFAULT_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#include "check.h"
#include "stub.h"

#define GET(X) __atomic_load_n(&(X), __ATOMIC_SEQ_CST)
#define SET(X, V) __atomic_store_n(&(X), V, __ATOMIC_SEQ_CST)

static void a_missing_upcall_is_misuse(void){
  int i;
  for(i=0; i<S3VFS_UP_COUNT; i++) CHECK_INT(hostBindWith(i, 0), SQLITE_MISUSE);
  /* The old ones are still there. */
  CHECK_INT(stubVfs()->xDelete(stubVfs(), "/b/x", 0), SQLITE_OK);
}

/*
** One upcall that takes its time.
*/
static int bInside, bMayLeave, bHasLeft, bUnbound;

static sqlite3_int64 slowUpcall(
  int id, sqlite3_int64 a, sqlite3_int64 b, sqlite3_int64 c, int n
){
  (void)id; (void)a; (void)b; (void)c; (void)n;
  SET(bInside, 1);
  while( !GET(bMayLeave) ) usleep(1000);
  SET(bHasLeft, 1);
  return REPLY(SQLITE_OK, 0);
}

static void *syncThread(void *pArg){
  sqlite3_file *p = pArg;
  return (void*)(intptr_t)p->pMethods->xSync(p, 0);
}
static void *unbindThread(void *pArg){
  int rc = s3vfs_unbind();
  (void)pArg;
  SET(bUnbound, GET(bHasLeft) ? 1 : 2);
  return (void*)(intptr_t)rc;
}

static void unbind_waits_for_a_running_upcall(void){
  pthread_t tSync, tUnbind;
  sqlite3_file *p;
  void *pRc;
  SET(bInside, 0); SET(bMayLeave, 0); SET(bHasLeft, 0); SET(bUnbound, 0);
  CHECK_INT(hostBindWith(S3VFS_UP_SYNC, slowUpcall), SQLITE_OK);
  CHECK_INT(s3vfs_unregister("s3"), SQLITE_OK);
  CHECK_INT(s3vfs_register("s3", 3), SQLITE_OK);
  p = stubOpen();
  CHECK_INT(pthread_create(&tSync, 0, syncThread, p), 0);
  while( !GET(bInside) ) usleep(1000);
  CHECK_INT(pthread_create(&tUnbind, 0, unbindThread, 0), 0);
  /* While it waits: no new upcall is made, and registration is not blocked. */
  while( p->pMethods->xTruncate(p, 0)==SQLITE_OK ) usleep(1000);
  usleep(30000);
  CHECK_INT(GET(bUnbound), 0);
  CHECK_INT(p->pMethods->xTruncate(p, 0), SQLITE_IOERR_TRUNCATE);
  CHECK_INT(s3vfs_register("while waiting", 1), SQLITE_OK);
  SET(bMayLeave, 1);
  CHECK_INT(pthread_join(tUnbind, &pRc), 0);
  CHECK_INT((intptr_t)pRc, SQLITE_OK);
  CHECK_INT(GET(bUnbound), 1);
  CHECK_INT(pthread_join(tSync, &pRc), 0);
  CHECK_INT((intptr_t)pRc, SQLITE_OK);
  CHECK_INT(p->pMethods->xClose(p), SQLITE_IOERR_CLOSE);
  free(p);
}

/*
** Many short ones, of hosts that come and go.  Each host is alive from before
** its upcalls are bound until s3vfs_unbind() has returned, and has its own
** number, which is the id of its VFS.
*/
static int iHostAlive, bStop, nWrong, nGood;

static sqlite3_int64 mortalUpcall(
  int id, sqlite3_int64 a, sqlite3_int64 b, sqlite3_int64 c, int n
){
  (void)a; (void)b; (void)c; (void)n;
  if( GET(iHostAlive)!=id ) __atomic_fetch_add(&nWrong, 1, __ATOMIC_SEQ_CST);
  __atomic_fetch_add(&nGood, 1, __ATOMIC_SEQ_CST);
  return REPLY(SQLITE_OK, 0);
}
static void *deleteThread(void *pArg){
  sqlite3_vfs *p = pArg;
  while( !GET(bStop) ) p->xDelete(p, "/b/x", 0);
  return 0;
}

static void hosts_come_and_go_under_load(void){
  pthread_t a[3];
  int i, iHost;
  SET(bStop, 0); SET(nWrong, 0); SET(nGood, 0);
  s3vfs_unbind();
  for(i=0; i<3; i++) CHECK_INT(pthread_create(&a[i], 0, deleteThread, stubVfs()), 0);
  for(iHost=100; iHost<250; iHost++){
    int nBefore;
    SET(iHostAlive, iHost);
    CHECK_INT(hostBindWith(S3VFS_UP_DELETE, mortalUpcall), SQLITE_OK);
    CHECK_INT(s3vfs_unregister("s3"), SQLITE_OK);
    CHECK_INT(s3vfs_register("s3", iHost), SQLITE_OK);
    nBefore = GET(nGood);
    while( GET(nGood)<nBefore+3 ) usleep(10);
    CHECK_INT(s3vfs_unbind(), SQLITE_OK);
    SET(iHostAlive, 0);
  }
  SET(bStop, 1);
  for(i=0; i<3; i++) CHECK_INT(pthread_join(a[i], 0), 0);
  CHECK_INT(nWrong, 0);
}

static void *rebindThread(void *pArg){
  int i;
  (void)pArg;
  for(i=0; i<100; i++){
    if( hostBindWith(S3VFS_UP_DELETE, mortalUpcall)!=SQLITE_OK ) abort();
    if( s3vfs_unbind()!=SQLITE_OK ) abort();
  }
  return 0;
}

static void two_threads_may_bind_and_unbind(void){
  pthread_t a[2], t;
  int i;
  SET(bStop, 0);
  CHECK_INT(pthread_create(&t, 0, deleteThread, stubVfs()), 0);
  for(i=0; i<2; i++) CHECK_INT(pthread_create(&a[i], 0, rebindThread, 0), 0);
  for(i=0; i<2; i++) CHECK_INT(pthread_join(a[i], 0), 0);
  SET(bStop, 1);
  CHECK_INT(pthread_join(t, 0), 0);
  CHECK_INT(stubVfs()->xDelete(stubVfs(), "/b/x", 0), SQLITE_IOERR_DELETE);
}

static int nRegistered;
static void *registerThread(void *pArg){
  int i;
  (void)pArg;
  for(i=0; i<200; i++){
    if( s3vfs_register("contended", 1)==SQLITE_OK ){
      if( __atomic_fetch_add(&nRegistered, 1, __ATOMIC_SEQ_CST)!=0 ) abort();
      __atomic_fetch_sub(&nRegistered, 1, __ATOMIC_SEQ_CST);
      if( s3vfs_unregister("contended")!=SQLITE_OK ) abort();
    }
  }
  return 0;
}

static void only_one_of_many_threads_gets_a_name(void){
  pthread_t a[3];
  int i;
  for(i=0; i<3; i++) CHECK_INT(pthread_create(&a[i], 0, registerThread, 0), 0);
  for(i=0; i<3; i++) CHECK_INT(pthread_join(a[i], 0), 0);
  CHECK(stubApi.vfs_find("contended")==0);
}

const Test bindTests[] = {
  TEST(a_missing_upcall_is_misuse),
  TEST(unbind_waits_for_a_running_upcall),
  TEST(hosts_come_and_go_under_load),
  TEST(two_threads_may_bind_and_unbind),
  TEST(only_one_of_many_threads_gets_a_name),
  TEST_END
};
