/*
** The functions of freestanding.c, which test/run gives other names, against
** those of the C library.
*/
#include <stddef.h>
#include <string.h>
#include "check.h"
#include "stub.h"

void *s3_memcpy(void*, const void*, size_t);
void *s3_memmove(void*, const void*, size_t);
void *s3_memset(void*, int, size_t);
int s3_memcmp(const void*, const void*, size_t);

#define N 160
static unsigned char aFrom[N], aGot[N], aWant[N];

static void start(void){
  int i;
  for(i=0; i<N; i++){
    aFrom[i] = (unsigned char)(i*7 + 1);
    aGot[i] = aWant[i] = (unsigned char)(255 - i);
  }
}

static void memcpy_copies(void){
  size_t to, from, n;
  for(to=0; to<9; to++) for(from=0; from<9; from++) for(n=0; n<100; n++){
    start();
    memcpy(aWant+to, aFrom+from, n);
    CHECK(s3_memcpy(aGot+to, aFrom+from, n)==aGot+to);
    CHECK(memcmp(aGot, aWant, N)==0);
  }
}

static void memmove_copies_overlapping_memory(void){
  size_t to, from, n;
  for(to=0; to<40; to++) for(from=0; from<40; from++) for(n=0; n<60; n++){
    start();
    memmove(aWant+to, aWant+from, n);
    CHECK(s3_memmove(aGot+to, aGot+from, n)==aGot+to);
    CHECK(memcmp(aGot, aWant, N)==0);
  }
}

static void memset_fills(void){
  static const int aByte[] = { 0, 1, 0x80, 255, -1, 0x1234 };
  size_t to, n, i;
  for(i=0; i<sizeof(aByte)/sizeof(aByte[0]); i++) for(to=0; to<9; to++) for(n=0; n<100; n++){
    start();
    memset(aWant+to, aByte[i], n);
    CHECK(s3_memset(aGot+to, aByte[i], n)==aGot+to);
    CHECK(memcmp(aGot, aWant, N)==0);
  }
}

static void memcmp_compares_unsigned_bytes(void){
  CHECK(s3_memcmp("", "x", 0)==0);
  CHECK(s3_memcmp("abc", "abd", 2)==0);
  CHECK(s3_memcmp("abc", "abd", 3)<0);
  CHECK(s3_memcmp("abd", "abc", 3)>0);
  CHECK(s3_memcmp("a\x80", "a\x7f", 2)>0);
  CHECK(s3_memcmp("a\0b", "a\0c", 3)<0);
}

const Test memTests[] = {
  TEST(memcpy_copies),
  TEST(memmove_copies_overlapping_memory),
  TEST(memset_fills),
  TEST(memcmp_compares_unsigned_bytes),
  TEST_END
};
