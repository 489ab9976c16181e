package io.github.s3vfs.internal.store.crt;

/**
 * What an HTTP proxy asks for.
 *
 * @param user the name
 * @param password not to be shown
 */
public record ProxyLogin(String user, String password) {

  /** Without the password. */
  @Override
  public String toString() {
    return "ProxyLogin[user=" + user + "]";
  }
}
