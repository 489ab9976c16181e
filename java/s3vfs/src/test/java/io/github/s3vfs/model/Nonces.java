package io.github.s3vfs.model;

import java.util.Arrays;

/** Small immutable sets of nonces. */
final class Nonces {
  private Nonces() {}

  static boolean contains(int[] nonces, int nonce) {
    for (int n : nonces) {
      if (n == nonce) {
        return true;
      }
    }
    return false;
  }

  static int[] with(int[] nonces, int nonce) {
    if (contains(nonces, nonce)) {
      return nonces;
    }
    int[] longer = Arrays.copyOf(nonces, nonces.length + 1);
    longer[nonces.length] = nonce;
    return longer;
  }

  static int[] with(int[] nonces, int[] more) {
    int[] all = nonces;
    for (int nonce : more) {
      all = with(all, nonce);
    }
    return all;
  }
}
