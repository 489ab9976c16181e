package io.github.s3vfs.internal.store;

import jdk.jfr.FlightRecorder;

/** Whether the JDK's Flight Recorder has been started in this process. Thread-safe. */
public final class Recording {
  private Recording() {}

  /**
   * Whether anyone may want events. Before that no event should be made: the first one starts parts
   * of the recorder, which takes longer than a request.
   */
  public static boolean begun() {
    return FlightRecorder.isInitialized();
  }
}
