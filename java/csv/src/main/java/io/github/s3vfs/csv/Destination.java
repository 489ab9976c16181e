package io.github.s3vfs.csv;

import java.io.IOException;
import java.io.OutputStream;

/** Where the parts of an export go. Used by one thread. */
interface Destination {

  /**
   * Begins a part.
   *
   * @param number counted from 1
   */
  Part open(int number) throws IOException;

  /**
   * Everything was written, and every part is complete: now it is there for all to see, if it was
   * not before.
   */
  void complete() throws IOException;

  /** Takes away the parts that were complete; what fails meanwhile is left to lie. */
  void undo(Throwable reason);

  /** A file or object. It is there for others when it is complete, or later. */
  interface Part {
    /** Where it is, or "". */
    String name();

    OutputStream output();

    /** Ends it. Afterwards nothing is written. */
    void complete() throws IOException;

    /** Ends it so that nothing of it is left. What fails meanwhile is added to the reason. */
    void abort(Throwable reason);
  }
}
