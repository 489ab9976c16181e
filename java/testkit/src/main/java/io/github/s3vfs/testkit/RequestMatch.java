package io.github.s3vfs.testkit;

import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which requests a rule is about, and which of those it fires for.
 *
 * <p>First the conditions on the request (operation, bucket, key, query), all of which must hold;
 * then the schedule over the requests that match, which are numbered from 1 in the order in which
 * they arrive. Every method returns a narrower match and leaves this one as it is. Immutable.
 */
public final class RequestMatch {

  private final Predicate<S3Request> what;
  private final Schedule when;

  private RequestMatch(Predicate<S3Request> what, Schedule when) {
    this.what = what;
    this.when = when;
  }

  /** Whether the {@code n}-th match fires. */
  @FunctionalInterface
  private interface Schedule {
    boolean fires(int n, Random random);
  }

  /** Every request. */
  public static RequestMatch any() {
    return new RequestMatch(request -> true, (n, random) -> true);
  }

  /** Requests of these operations. */
  public static RequestMatch of(S3Operation first, S3Operation... others) {
    Set<S3Operation> operations = EnumSet.of(first, others);
    return any().where(request -> operations.contains(request.operation()));
  }

  /** Requests of this HTTP method, upper case. */
  public RequestMatch method(String method) {
    return where(request -> request.method().equals(method));
  }

  /** Requests of this bucket. */
  public RequestMatch bucket(String bucket) {
    return where(request -> request.bucket().equals(bucket));
  }

  /** Requests of this key. */
  public RequestMatch key(String key) {
    return where(request -> request.key().equals(key));
  }

  /** Requests of keys that start so. */
  public RequestMatch keyPrefix(String prefix) {
    return where(request -> request.key().startsWith(prefix));
  }

  /** Requests with this query parameter, whatever its value. */
  public RequestMatch query(String name) {
    return where(request -> request.query().containsKey(name));
  }

  /** Requests that carry a condition (If-Match, If-None-Match, ...). */
  public RequestMatch conditional() {
    return where(S3Request::conditional);
  }

  /** Requests of this key pair. */
  public RequestMatch accessKeyId(String accessKeyId) {
    return where(request -> request.accessKeyId().equals(accessKeyId));
  }

  /** Requests that {@code condition} accepts. It is called by one thread at a time. */
  public RequestMatch where(Predicate<S3Request> condition) {
    return new RequestMatch(what.and(condition), when);
  }

  /** Only the {@code number}-th match, counted from 1. */
  public RequestMatch nth(int number) {
    return when((n, random) -> n == number);
  }

  /** Only the first {@code number} matches. */
  public RequestMatch first(int number) {
    return when((n, random) -> n <= number);
  }

  /** The {@code number}-th match and all after it. */
  public RequestMatch from(int number) {
    return when((n, random) -> n >= number);
  }

  /** Every {@code number}-th match: the {@code number}-th, twice that, and so on. */
  public RequestMatch every(int number) {
    return when((n, random) -> n % number == 0);
  }

  /**
   * Each match with this probability, drawn from the rule's own generator (see {@link
   * Faults#seed}).
   */
  public RequestMatch probability(double probability) {
    return when((n, random) -> random.nextDouble() < probability);
  }

  private RequestMatch when(Schedule schedule) {
    return new RequestMatch(
        what, (n, random) -> when.fires(n, random) && schedule.fires(n, random));
  }

  boolean matches(S3Request request) {
    return what.test(request);
  }

  boolean fires(int n, Random random) {
    return when.fires(n, random);
  }
}
