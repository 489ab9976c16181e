package io.github.s3vfs.jdbc;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collections;

/**
 * What a container does on behalf of an application that ends: takes away the drivers of its class
 * loader. It is defined there, since DriverManager shows each class only what its own loader sees.
 */
public final class DriverRemoval implements Runnable {
  /** Made by name. */
  public DriverRemoval() {}

  @Override
  public void run() {
    for (Driver driver : Collections.list(DriverManager.getDrivers())) {
      if (driver.getClass().getClassLoader() == getClass().getClassLoader()) {
        try {
          DriverManager.deregisterDriver(driver);
        } catch (SQLException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }
}
