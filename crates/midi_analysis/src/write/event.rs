//! Events of a track, each in 24 bytes: a file may have millions.

use std::borrow::Cow;

use super::channel::ChannelMessage;
use super::message::Message;
use super::meta_kind::MetaKind;

const META: u8 = 0xff;
const SYSEX: u8 = 0xf0;
const ESCAPE: u8 = 0xf7;

/// An event: when it is, and what it says. One that was read from a file also knows how it was written there, and is
/// written in the same way, as far as what it says now allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<'p> {
    /// Ticks from the start of its track.
    pub tick: u32,
    pub(super) form: Form,
    status: u8,
    /// The data of a channel message; the type of a meta event.
    values: [u8; 2],
    /// What has a length.
    data: Data<'p>,
}

/// Bytes of the file that was read, or others. A slice takes 16 bytes, and the others no more.
#[derive(Clone, Debug)]
enum Data<'p> {
    Read(&'p [u8]),
    New(Box<New>),
}

#[derive(Clone, Debug)]
struct New(Vec<u8>);

impl Data<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Read(bytes) => bytes,
            Self::New(bytes) => &bytes.0,
        }
    }
}

impl PartialEq for Data<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Data<'_> {}

impl<'p> From<Cow<'p, [u8]>> for Data<'p> {
    fn from(bytes: Cow<'p, [u8]>) -> Self {
        match bytes {
            Cow::Borrowed(bytes) => Self::Read(bytes),
            Cow::Owned(bytes) => Self::New(Box::new(New(bytes))),
        }
    }
}

impl<'p> Event<'p> {
    /// An event, to be written in as few bytes as possible.
    pub fn new(tick: u32, message: impl Into<Message<'p>>) -> Self {
        Self::read(tick, message.into(), Form::default())
    }

    /// An event that was read, and is to be written in its form.
    pub(super) fn read(tick: u32, message: Message<'p>, form: Form) -> Self {
        let (status, values, data) = parts(message);
        Self { tick, form, status, values, data }
    }

    /// What it says.
    pub fn message(&self) -> Message<'_> {
        let data = || Cow::Borrowed(self.data.bytes());
        match self.status {
            META => Message::Meta(MetaKind(self.values[0]), data()),
            SYSEX => Message::Sysex(data()),
            ESCAPE => Message::Escape(data()),
            status => Message::Channel(ChannelMessage::of_parts(status, self.values)),
        }
    }

    /// The same at another tick.
    pub(super) fn at(self, tick: u32) -> Self {
        Self { tick, ..self }
    }

    /// Lets it say something else.
    pub fn set_message(&mut self, message: impl Into<Message<'p>>) {
        (self.status, self.values, self.data) = parts(message.into());
    }

    /// The data of an event that has a length; of others none.
    pub fn data(&self) -> &[u8] {
        self.data.bytes()
    }

    /// The message to a channel, if it is one.
    pub fn channel_message(&self) -> Option<ChannelMessage> {
        (self.status < SYSEX).then(|| ChannelMessage::of_parts(self.status, self.values))
    }
}

fn parts(message: Message<'_>) -> (u8, [u8; 2], Data<'_>) {
    match message {
        Message::Channel(message) => (message.status(), message.data(), Data::Read(&[])),
        Message::Meta(kind, data) => (META, [kind.0, 0], data.into()),
        Message::Sysex(data) => (SYSEX, [0; 2], data.into()),
        Message::Escape(data) => (ESCAPE, [0; 2], data.into()),
    }
}

/// How an event is written, where the specification leaves a choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Form(u8);

/// Bits of a form. A quantity has up to four bytes, so that two bits count those that it would not need.
const EXPLICIT_STATUS: u8 = 1;
const PADDING: u8 = 3;
const TIME: u8 = 1;
const LENGTH: u8 = 3;

impl Form {
    /// `explicit_status` says that the status is written although the message before has the same; the paddings, by how
    /// many bytes the time, and the length of the data, are longer than they must be.
    pub(super) fn new(explicit_status: bool, time_padding: u8, length_padding: u8) -> Self {
        let paddings = (time_padding & PADDING) << TIME | (length_padding & PADDING) << LENGTH;
        Self(u8::from(explicit_status) | paddings)
    }

    pub(super) fn explicit_status(self) -> bool {
        self.0 & EXPLICIT_STATUS != 0
    }

    pub(super) fn time_padding(self) -> u8 {
        self.0 >> TIME & PADDING
    }

    pub(super) fn length_padding(self) -> u8 {
        self.0 >> LENGTH & PADDING
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn a_form_keeps_what_it_is_given() {
        for explicit in [false, true] {
            for (time, length) in (0..4).flat_map(|time| (0..4).map(move |length| (time, length))) {
                let form = Form::new(explicit, time, length);
                let kept = (form.explicit_status(), form.time_padding(), form.length_padding());
                assert_eq!(kept, (explicit, time, length));
            }
        }
    }
}
