package io.github.s3vfs.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The head, as bytes: two heads with equal fields have the same ETag.
 *
 * @param uuid of the database
 * @param nonce of this write of the head
 * @param write the number of writes before; 0 in all heads unless {@link Rule#COUNTS_WRITES}
 * @param epoch that new segments are named by
 * @param floor below which a version may refer only to what the version before refers to
 * @param claim the nonce of the claim; 0 if there is none
 * @param history all versions since the database was created, the oldest first. The chain of
 *     records from the head leads there; {@link State#retained} says how far
 */
record Head(
    int uuid, int nonce, int write, int epoch, int floor, int claim, List<Version> history) {
  /** Instead of a head, where there is none. */
  static final Head NONE = new Head(0, 0, 0, 0, 0, 0, List.of());

  boolean exists() {
    return uuid != 0;
  }

  /** The number of the newest version. */
  int version() {
    return history.size();
  }

  boolean isClaimed() {
    return claim != 0;
  }

  Head withClaim(int newUuid, int newClaim, int newNonce) {
    return new Head(newUuid, newNonce, write, epoch, floor, newClaim, history);
  }

  /** With the number of one more write. */
  Head counted() {
    return new Head(uuid, nonce, write + 1, epoch, floor, claim, history);
  }

  Head withoutClaim(int newNonce) {
    return new Head(uuid, newNonce, write, epoch, floor, 0, history);
  }

  Head withFloorRaised(int newNonce) {
    return new Head(uuid, newNonce, write, epoch + 1, epoch + 1, claim, history);
  }

  /** With a version more, and without a claim. */
  Head withVersion(int newUuid, List<Version> base, Version version, int newNonce) {
    List<Version> longer = new ArrayList<>(base.size() + 1);
    longer.addAll(base);
    longer.add(version);
    return new Head(newUuid, newNonce, write, epoch, floor, 0, List.copyOf(longer));
  }

  /** Whether a version from {@code from} on refers to a segment. */
  boolean refersTo(Segment segment, int from) {
    for (int i = from; i < history.size(); i++) {
      if (history.get(i).refersTo(segment)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a PUT has published one of the versions. */
  boolean hasPublished(int put) {
    for (Version version : history) {
      if (version.put() == put) {
        return true;
      }
    }
    return false;
  }
}
