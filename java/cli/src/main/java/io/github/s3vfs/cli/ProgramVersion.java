package io.github.s3vfs.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
final class ProgramVersion implements IVersionProvider {
  @Override
  public String[] getVersion() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = ProgramVersion.class.getResourceAsStream("version.properties")) {
      if (in != null) {
        properties.load(in);
      }
    }
    return new String[] {
      "s3vfs " + properties.getProperty("version", "(unknown)"),
      "SQLite " + org.sqlite.SQLiteJDBCLoader.getVersion(),
      "Java " + Runtime.version()
    };
  }
}
