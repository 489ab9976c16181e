#include "check.h"
const Test clockTests[]={TEST_END}, fastTests[]={TEST_END};
