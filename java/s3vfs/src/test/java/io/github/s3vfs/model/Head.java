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
 * @param oldest the number of the oldest version that is retained; 0 before the first collection
 * @param claim the nonce of the claim; 0 if there is none
 * @param history all versions since the database was created, the oldest first. The chain of
 *     records from the head leads there, as far as the records are there
 */
record Head(
    int uuid,
    int nonce,
    int write,
    int epoch,
    int floor,
    int oldest,
    int claim,
    List<Version> history) {
  /** Instead of a head, where there is none. */
  static final Head NONE = new Head(0, 0, 0, 0, 0, 0, 0, List.of());

  boolean exists() {
    return uuid != 0;
  }

  /** The number of the newest version. */
  int version() {
    return history.size();
  }

  /** The record of the newest version. */
  Version record() {
    return Version.lastOf(history);
  }

  /** The index in the history of the oldest version that is retained. */
  int retained() {
    return Math.max(0, oldest - 1);
  }

  boolean isClaimed() {
    return claim != 0;
  }

  Head withClaim(int newUuid, int newClaim, int newNonce) {
    return new Head(newUuid, newNonce, write, epoch, floor, oldest, newClaim, history);
  }

  /** With the number of one more write. */
  Head counted() {
    return new Head(uuid, nonce, write + 1, epoch, floor, oldest, claim, history);
  }

  Head withoutClaim(int newNonce) {
    return withClaim(uuid, 0, newNonce);
  }

  Head withNonce(int newNonce) {
    return withClaim(uuid, claim, newNonce);
  }

  Head withFloorRaised(int newNonce) {
    return new Head(uuid, newNonce, write, epoch + 1, epoch + 1, oldest, claim, history);
  }

  Head withOldest(int newOldest) {
    return new Head(uuid, nonce, write, epoch, floor, newOldest, claim, history);
  }

  /** With a version more, and without a claim. */
  Head withVersion(int newUuid, List<Version> base, Version version, int newNonce) {
    List<Version> longer = new ArrayList<>(base.size() + 1);
    longer.addAll(base);
    longer.add(version);
    return new Head(newUuid, newNonce, write, epoch, floor, oldest, 0, List.copyOf(longer));
  }

  /** With another record of the newest version. */
  Head withRecord(Version version, int newNonce) {
    List<Version> changed = new ArrayList<>(history);
    changed.set(changed.size() - 1, version);
    return new Head(uuid, newNonce, write, epoch, floor, oldest, claim, List.copyOf(changed));
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
