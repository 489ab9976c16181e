package io.github.s3vfs.internal.jna;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The system's clock that never goes back, as a function that the native library can call: it has
 * no C library of its own. Where there is none, every read transaction begins with an upcall.
 */
final class MonotonicClock {
  private static final Logger LOG = LoggerFactory.getLogger(MonotonicClock.class);
  private static final int POSIX = 1; // S3VFS_CLOCK_POSIX
  private static final int TICKS = 2; // S3VFS_CLOCK_TICKS

  /** CLOCK_MONOTONIC of Linux: /usr/include/linux/time.h. */
  private static final int LINUX = 1;

  /** CLOCK_MONOTONIC of macOS: time.h of its SDK. */
  private static final int MACOS = 6;

  private MonotonicClock() {}

  /** Hands it over to the native library, which must have been bound. */
  static void handOver() {
    try {
      int result =
          Platform.isWindows()
              ? S3VfsLibrary.s3vfs_clock(
                  address(NativeLibrary.getInstance("kernel32"), "GetTickCount64"), TICKS, 0)
              : S3VfsLibrary.s3vfs_clock(
                  address(NativeLibrary.getProcess(), "clock_gettime"),
                  POSIX,
                  Platform.isMac() ? MACOS : LINUX);
      if (result != ResultCode.OK) {
        LOG.warn("no clock for the page cache: s3vfs_clock answered {}", result);
      }
    } catch (UnsatisfiedLinkError e) {
      LOG.warn("no clock for the page cache", e);
    }
  }

  private static long address(NativeLibrary library, String function) {
    return Pointer.nativeValue(library.getFunction(function));
  }
}
