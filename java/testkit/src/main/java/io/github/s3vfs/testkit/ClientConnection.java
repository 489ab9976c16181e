package io.github.s3vfs.testkit;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.gaul.shaded.org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.gaul.shaded.org.eclipse.jetty.io.EndPoint;

/** The connection a request came on. Reaches into s3proxy's shaded Jetty. */
final class ClientConnection {

  private final EndPoint endPoint;

  ClientConnection(HttpServletRequest request) {
    endPoint =
        ServletContextRequest.getServletContextRequest(request)
            .getConnectionMetaData()
            .getConnection()
            .getEndPoint();
  }

  /** Resets it (RST): the client gets no answer, or only what was sent before. */
  void reset() throws IOException {
    if (endPoint.getTransport() instanceof SocketChannel channel && channel.isOpen()) {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    }
    endPoint.close();
  }

  /** Closes it (FIN): the client gets what was sent before. */
  void close() {
    endPoint.close();
  }
}
