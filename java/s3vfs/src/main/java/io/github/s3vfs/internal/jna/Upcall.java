package io.github.s3vfs.internal.jna;

import com.sun.jna.Callback;

/** The one signature of all upcalls; native/s3vfs.h says what the arguments of each mean. */
interface Upcall extends Callback {
  /** Called by the native library; answers a reply, see {@link Guard}. */
  long invoke(int id, long a, long b, long c, int n);
}
