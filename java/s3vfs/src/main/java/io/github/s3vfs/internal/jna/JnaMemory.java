package io.github.s3vfs.internal.jna;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.Native;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What JNA remembers of classes and callbacks. It does so in weak maps, but their values refer to
 * their keys, or are only dropped when the map is next used: in either case they would keep this
 * class loader, through JNA in a parent class loader or through JNA's own thread.
 */
final class JnaMemory {
  private static final Logger LOG = LoggerFactory.getLogger(JnaMemory.class);

  private JnaMemory() {}

  /**
   * Makes JNA forget them, and frees the native side of the callbacks, which nothing may call any
   * more.
   *
   * @param library a direct-mapped class
   */
  static void forget(Class<?> library, List<? extends Callback> callbacks) {
    Native.getLibraryOptions(library).clear();
    for (Callback callback : callbacks) {
      Native.getLibraryOptions(callback.getClass()).clear();
    }
    try {
      // There is no public way to it. Every access to the map is under the other map's lock.
      Object lock = field("pointerCallbackMap").get(null);
      Map<?, ?> references = (Map<?, ?>) field("directCallbackMap").get(null);
      synchronized (lock) {
        for (Callback callback : callbacks) {
          if (references.remove(callback) instanceof CallbackReference reference) {
            reference.close();
          }
        }
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.debug("JNA keeps the callbacks, and with them this class loader", e);
    }
  }

  private static Field field(String name) throws NoSuchFieldException {
    Field field = CallbackReference.class.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }
}
