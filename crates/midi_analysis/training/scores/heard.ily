% Included before a score (-dinclude-settings): only its MIDI is made, and beside it where its bars are. Each line on
% standard output is a time in whole notes, the position in the bar, and the meter.

#(begin (format #t "file ~a\n" (ly:parser-output-name)) (force-output))

% Until 2.23 it took the music alone.
#(define unfold-repeats
   (let ((unfold unfold-repeats))
     (lambda given (if (null? (cdr given)) (unfold '() (car given)) (apply unfold given)))))

#(define (only-heard score)
   (let ((defs (filter (lambda (def) (eq? 'midi (ly:output-def-lookup def 'output-def-kind)))
                       (if (ly:score? score) (ly:score-output-defs score) '()))))
     (and (pair? defs)
          (let ((heard (ly:make-score (ly:score-music score))))
            (for-each (lambda (def) (ly:score-add-output-def! heard def)) (take defs 1))
            heard))))

#(define (toplevel-score-handler score)
   (let ((heard (only-heard score)))
     (if heard (collect-scores-for-book heard))))
#(define (book-score-handler book score)
   (let ((heard (only-heard score)))
     (if heard (ly:book-add-score! book heard))))
#(define bookpart-score-handler book-score-handler)
#(define (toplevel-text-handler . text) #f)
#(define (book-text-handler . text) #f)
#(define (bookpart-text-handler . text) #f)
#(define (toplevel-music-handler . music) #f)
#(define (book-music-handler . music) #f)
#(define (bookpart-music-handler . music) #f)

#(define (say-bars context)
   (make-performer
    ((initialize translator) (display "score\n") (force-output))
    ((stop-translation-timestep translator)
     (let ((now (ly:context-current-moment context))
           (position (ly:context-property context 'measurePosition))
           (meter (ly:context-property context 'timeSignatureFraction)))
       (if (and (ly:moment? position) (pair? meter) (zero? (ly:moment-grace now)) (zero? (ly:moment-grace position)))
           (format #t "~a ~a ~a/~a\n" (ly:moment-main now) (ly:moment-main position) (car meter) (cdr meter)))))))

\midi { \context { \Score \consists #say-bars } }
