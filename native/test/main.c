/*
** Runs the tests of the library against stubs.
*/
#include <string.h>
#include "check.h"
#include "stub.h"

extern const Test entryTests[], clockTests[], vfsTests[], fileTests[], failTests[], bindTests[],
    memTests[], cacheTests[], fastTests[], viewTests[];

int checkFailed;
static int nPassed, nFailed;

static void run(const Test *p, int bReset){
  for(; p->zName; p++){
    checkFailed = 0;
    if( bReset ) stubReset();
    p->xTest();
    if( checkFailed ){
      nFailed++;
      printf("FAILED %s\n", p->zName);
    }else{
      nPassed++;
    }
  }
}

int main(void){
  setvbuf(stdout, 0, _IONBF, 0);
  run(entryTests, 0);     /* the first ones must find a library that was not entered */
  run(clockTests, 1);         /* the first one must find that there is no clock */
  run(vfsTests, 1);
  run(fileTests, 1);
  run(failTests, 1);
  run(bindTests, 1);
  run(memTests, 1);
  run(cacheTests, 1);
  run(fastTests, 1);
  run(viewTests, 1);
  printf("%d passed, %d failed\n", nPassed, nFailed);
  return nFailed!=0;
}
