/*
** The functions of the C library that a compiler may call although the source
** does not.  They are hidden: nothing outside of this library sees or uses them.
**
** The empty asm statement in each loop keeps the compiler from seeing that
** the loop is a memcpy() or memset() and calling the function it compiles.
** They work on words because page-sized copies go through here.
*/
#include <stddef.h>
#include <stdint.h>

#if !defined(_WIN32)
# pragma GCC visibility push(hidden)
#endif
void *memcpy(void *pTo, const void *pFrom, size_t n);
void *memmove(void *pTo, const void *pFrom, size_t n);
void *memset(void *p, int c, size_t n);
int memcmp(const void *pA, const void *pB, size_t n);
#if defined(__APPLE__)
void bzero(void *p, size_t n);
void __bzero(void *p, size_t n);
#endif
#if !defined(_WIN32)
# pragma GCC visibility pop
#endif

/* A word at any address, of memory of any type. */
typedef uintptr_t __attribute__((may_alias, aligned(1))) Word;

#define WORD sizeof(Word)
#define MANY 512
#define OPAQUE(p) __asm__ volatile("" : "+r"(p))

void *memcpy(void *restrict pTo, const void *restrict pFrom, size_t n){
  unsigned char *a = pTo;
  const unsigned char *b = pFrom;
#if defined(__x86_64__)
  if( n>=MANY ){
    /* Processors have had a fast way for this for long; for less it begins too slowly. */
    size_t nWord = n/8;
    __asm__ volatile("rep movsq" : "+D"(a), "+S"(b), "+c"(nWord) : : "memory");
    n &= 7;
  }
#endif
  while( n>=4*WORD ){
    Word w0 = ((const Word*)b)[0];
    Word w1 = ((const Word*)b)[1];
    Word w2 = ((const Word*)b)[2];
    Word w3 = ((const Word*)b)[3];
    ((Word*)a)[0] = w0;
    ((Word*)a)[1] = w1;
    ((Word*)a)[2] = w2;
    ((Word*)a)[3] = w3;
    a += 4*WORD;
    b += 4*WORD;
    n -= 4*WORD;
    OPAQUE(a);
  }
  while( n>0 ){
    *a++ = *b++;
    n--;
    OPAQUE(a);
  }
  return pTo;
}

void *memmove(void *pTo, const void *pFrom, size_t n){
  unsigned char *a = pTo;
  const unsigned char *b = pFrom;
  if( (uintptr_t)a - (uintptr_t)b < n ){
    /* The destination begins inside of the source: go backwards. */
    while( n>=WORD ){
      n -= WORD;
      *(Word*)(a+n) = *(const Word*)(b+n);
      OPAQUE(a);
    }
    while( n>0 ){
      n--;
      a[n] = b[n];
      OPAQUE(a);
    }
  }else{
    while( n>=WORD ){
      *(Word*)a = *(const Word*)b;
      a += WORD;
      b += WORD;
      n -= WORD;
      OPAQUE(a);
    }
    while( n>0 ){
      *a++ = *b++;
      n--;
      OPAQUE(a);
    }
  }
  return pTo;
}

void *memset(void *p, int c, size_t n){
  unsigned char *a = p;
  Word w = (Word)-1 / 255 * (unsigned char)c;
  while( n>=4*WORD ){
    ((Word*)a)[0] = w;
    ((Word*)a)[1] = w;
    ((Word*)a)[2] = w;
    ((Word*)a)[3] = w;
    a += 4*WORD;
    n -= 4*WORD;
    OPAQUE(a);
  }
  while( n>0 ){
    *a++ = (unsigned char)c;
    n--;
    OPAQUE(a);
  }
  return p;
}

#if defined(__APPLE__)
/* What clang makes of a memset() to zero on arm64, and on x86-64. */
void bzero(void *p, size_t n){
  memset(p, 0, n);
}
void __bzero(void *p, size_t n){
  memset(p, 0, n);
}
#endif

int memcmp(const void *pA, const void *pB, size_t n){
  const unsigned char *a = pA;
  const unsigned char *b = pB;
  for(; n>0; n--, a++, b++){
    if( *a!=*b ) return *a<*b ? -1 : 1;
    OPAQUE(a);
  }
  return 0;
}

#if defined(_WIN32)
/* What the compiler for Windows refers to where there is a double. */
extern int _fltused;
int _fltused = 1;
#endif
