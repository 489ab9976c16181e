package io.github.s3vfs.testkit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong with a request. "The effect" is what the request would do to the store had
 * nothing gone wrong; it is still subject to the request's conditions and permissions.
 */
public sealed interface Fault {

  /**
   * The server answers an error.
   *
   * @param status the HTTP status
   * @param code the S3 error code in the XML body
   * @param afterEffect whether the effect takes place first: the client cannot know
   */
  record Answer(int status, String code, boolean afterEffect) implements Fault {}

  /**
   * The connection is reset, without an answer.
   *
   * @param afterEffect whether the effect takes place first: the client cannot know
   */
  record Reset(boolean afterEffect) implements Fault {}

  /**
   * The client gets its answer at once, and the effect takes place later: a request that was on its
   * way when its sender gave up. It happens on {@link FaultRule#release()}, and by itself after
   * {@code after} unless that is null.
   *
   * @param answer what the client gets: an {@link Answer} or a {@link Reset} that is not after the
   *     effect
   * @param after how long it takes by itself; null for ever
   */
  record Hold(Fault answer, @Nullable Duration after) implements Fault {}

  /**
   * The answer is the true one, with the true Content-Length, but its body ends early and the
   * connection is closed.
   *
   * @param bytes how much of the body is sent
   */
  record Truncate(long bytes) implements Fault {}

  /**
   * The request waits before anything else happens. Unlike the other faults it combines: the delays
   * of all rules that fire add up, and another fault may follow.
   *
   * @param time how long
   */
  record Delay(Duration time) implements Fault {}

  /** 500 InternalError; nothing has happened. */
  static Fault internalError() {
    return error(500, "InternalError");
  }

  /** 503 SlowDown; nothing has happened. */
  static Fault slowDown() {
    return error(503, "SlowDown");
  }

  /** 409 ConditionalRequestConflict; nothing has happened. */
  static Fault conditionalRequestConflict() {
    return error(409, "ConditionalRequestConflict");
  }

  /** Any status and S3 error code; nothing has happened. */
  static Fault error(int status, String code) {
    return new Answer(status, code, false);
  }

  /** Any status and S3 error code, though the request has taken effect. */
  static Fault errorAfterEffect(int status, String code) {
    return new Answer(status, code, true);
  }

  /** The connection is reset when the request's headers have been read; nothing has happened. */
  static Fault resetBeforeEffect() {
    return new Reset(false);
  }

  /** The connection is reset when the request has taken effect. */
  static Fault resetAfterEffect() {
    return new Reset(true);
  }

  /** The connection is reset, and the request takes effect when the test releases the rule. */
  static Fault holdAndReset() {
    return new Hold(resetBeforeEffect(), null);
  }

  /**
   * The connection is reset, and the request takes effect after a time, or earlier when the rule is
   * released.
   */
  static Fault holdAndReset(Duration after) {
    return new Hold(resetBeforeEffect(), after);
  }

  /** An error is answered, and the request takes effect when the test releases the rule. */
  static Fault holdAndAnswer(int status, String code) {
    return new Hold(error(status, code), null);
  }

  /** The body of the answer ends after {@code bytes} bytes, short of its Content-Length. */
  static Fault truncateBody(long bytes) {
    return new Truncate(bytes);
  }

  /** The request waits. */
  static Fault delay(Duration time) {
    return new Delay(time);
  }
}
