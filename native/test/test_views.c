#include "check.h"
const Test viewTests[]={TEST_END};
