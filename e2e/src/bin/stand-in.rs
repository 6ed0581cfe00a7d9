//! Only waits, under whatever name and with whatever words it is started: for programs of a node that would change the
//! machine's network if they ran.

#![allow(clippy::infinite_loop, reason = "it ends when its test does")]

fn main() -> ! {
    loop {
        std::thread::park();
    }
}
