package dev.sextant.cli;

import dev.sextant.gateway.exchange.Identity;
import dev.sextant.server.Server;
import picocli.CommandLine.Command;

/// `sextant version`
@Command(name = "version", description = "Says which version this is, and which Milvus it speaks.")
final class VersionCommand implements Runnable {
    @Override
    public void run() {
        System.out.println("sextant " + Server.version() + ", speaks Milvus " + Identity.MILVUS_VERSION + ", Java "
                + Runtime.version());
    }
}
