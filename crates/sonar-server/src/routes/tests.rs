//! The server over loopback, asked by plain HTTP and by our own client.
